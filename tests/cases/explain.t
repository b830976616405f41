Why a prediction is what it is, in clicks and probability. (Plain instructions: the last digits, and
with them a version, differ between kinds of processor.)

  $ export PYTHIA_SIMD=plain
  $ pythia simulate --rows 2000 --seed 1 -o h.csv > /dev/null; pythia clean h.csv > /dev/null; pythia train > /dev/null
  $ pythia explain Channel_Used=Email Duration=30 Acquisition_Cost=12000 Impressions=150000 | sed 's/ *[█▉▊▋▌▍▎▏│].*//'
    clicks                            adds
    average campaign, E[f(X)]        4,927
      Impressions = 150000          −2,215
      Channel_Used = Email            +982
      Duration = 30                   +155
      Target_Audience (not given)    +29.5
      Customer_Segment (not given)   −17.2
      Campaign_Type (not given)      +14.2
      Language (not given)           +13.4
      Date (not given)                −7.8
      Company (not given)             +5.9
      Location (not given)            −5.2
      Acquisition_Cost = 12000        −2.2
    this plan, f(x)                  3,879
  
    ROI probability                    adds
    average campaign, E[f(X)]        52.5 %
      Acquisition_Cost = 12000      −3.1 pp
      Duration = 30                 −1.0 pp
      Channel_Used = Email          −0.8 pp
      Language (not given)          −0.7 pp
      Date (not given)              −0.6 pp
      Company (not given)           +0.2 pp
      Customer_Segment (not given)  −0.2 pp
      Target_Audience (not given)   −0.1 pp
      Campaign_Type (not given)     +0.1 pp
      Location (not given)          +0.0 pp
    this plan, f(x)                  46.4 %
  
    note: Company is not given: an average Company is used
    note: Campaign_Type is not given: an average Campaign_Type is used
    note: Target_Audience is not given: an average Target_Audience is used
    note: Location is not given: an average Location is used
    note: Language is not given: an average Language is used
    note: Customer_Segment is not given: an average Customer_Segment is used
    note: Date is not given: an average day is used

Every prediction carries it, and so does its log.

  $ pythia predict Channel_Used=Email Duration=30 Acquisition_Cost=12000 Impressions=150000 --json > p.json; grep -A3 '"SHAP_Explanation"' p.json
    "SHAP_Explanation": {
      "Clicks": {
        "base": 4926.575988994009,
        "prediction": 3879.013392415212,
  $ pythia explain Channel_Used=Email Duration=30 Acquisition_Cost=12000 Impressions=150000 --json | grep -c '"Acquisition_Cost"'
  2
  $ pythia export predictions --format json > /dev/null; grep -o 'SHAP_Explanation[^,]*' exports/predictions.json | head -1 | cut -c1-40
  SHAP_Explanation":"{\"Clicks\":{\"base\"
  $ pythia recommend --budget 9000 --json | grep -A3 '"SHAP_Explanation"'
    "SHAP_Explanation": {
      "Clicks": {
        "base": 4987.783308760217,
        "prediction": 6360.82667792652,

On the link scale, without impressions.

  $ pythia explain Channel_Used=Email --scale link | sed 's/ *[█▉▊▋▌▍▎▏│].*//'
    clicks (log clicks)               adds
    average campaign, E[f(X)]        8.311
      Channel_Used = Email          −0.224
      Target_Audience (not given)   −0.034
      Acquisition_Cost (not given)  +0.024
      Language (not given)          +0.018
      Company (not given)           −0.006
      Date (not given)              −0.004
      Customer_Segment (not given)  −0.003
      Location (not given)          +0.003
      Campaign_Type (not given)     −0.001
      Duration (not given)          +0.001
    this plan, f(x)                  8.085
  
    ROI probability (log-odds)        adds
    average campaign, E[f(X)]        0.119
      Channel_Used = Email          −0.033
      Language (not given)          −0.027
      Date (not given)              −0.026
      Campaign_Type (not given)     +0.011
      Customer_Segment (not given)  −0.009
      Company (not given)           +0.009
      Target_Audience (not given)   −0.005
      Duration (not given)          +0.005
      Acquisition_Cost (not given)  −0.003
      Location (not given)          −0.001
    this plan, f(x)                  0.040
  
    note: Duration is not given: the history's average is used
    note: Acquisition_Cost is not given: the history's average is used
    note: Company is not given: an average Company is used
    note: Campaign_Type is not given: an average Campaign_Type is used
    note: Target_Audience is not given: an average Target_Audience is used
    note: Location is not given: an average Location is used
    note: Language is not given: an average Language is used
    note: Customer_Segment is not given: an average Customer_Segment is used
    note: Date is not given: an average day is used
    note: Impressions is not given: clicks come from an estimated reach of 128724 impressions times the CTR

Over the dataset.

  $ pythia explain --summary | sed 's/ *[█▉▊▋▌▍▎▏│].*//'
  what moves the clicks, given the impressions (2,000 campaigns)
    input             mean |SHAP|, clicks
    Impressions                     3,119
    Campaign_Type                   1,070
    Channel_Used                      984
    Customer_Segment                  294
    Target_Audience                   269
    Duration                          266
    Company                           194
    Language                          163
    Location                          136
    Date                             55.8
    Acquisition_Cost                 10.7
  
  what moves the ROI probability (2,000 campaigns)
    input             mean |SHAP|, probability
    Channel_Used                        12.1 %
    Campaign_Type                        6.0 %
    Company                              5.4 %
    Location                             4.7 %
    Target_Audience                      4.2 %
    Acquisition_Cost                     3.7 %
    Language                             3.7 %
    Customer_Segment                     3.6 %
    Duration                             2.0 %
    Date                                 2.0 %
  
  model campaigns-6e8346bfdb8d
  $ pythia explain --summary --json | grep -cE '"(Clicks|ROI)"'
  2

Where nothing moves the answer it says so.

  $ pythia simulate --rows 500 --seed 1 --signal none -o n.csv > /dev/null; pythia clean n.csv --dataset n > /dev/null; pythia train --dataset n > /dev/null
  $ pythia explain --dataset n Channel_Used=Email Impressions=5000
  clicks: one figure for all campaigns, 547; no input moves it
  
  ROI probability: one figure for all campaigns, 49.8 %; no input moves it
  
    note: clicks: nothing known before launch tells these campaigns apart: the average clicks of all campaigns predicts as well as the model, so that is what predicts
    note: ROI: nothing known before launch tells these campaigns apart: the overall rate predicts as well as the model, so that is what predicts
  $ pythia explain --dataset n --summary
  what moves the clicks, given the impressions (500 campaigns)
    nothing does: one figure serves all campaigns
  
  what moves the ROI probability (500 campaigns)
    nothing does: one figure serves all campaigns
  
  model n-14150899218e

Words that are off.

  $ pythia explain
  pythia: error: give a plan as Key=Value words, or --summary
    pythia explain --help shows examples.
  [2]
  $ pythia explain --summary Channel_Used=Email
  pythia: error: give a plan as Key=Value words, or --summary
    pythia explain --help shows examples.
  [2]
  $ pythia explain Channel_Used=Email --scale log
  pythia: --scale: takes response|link, not 'log'
    pythia --help, or pythia VERB --help, shows the words.
  [2]
  $ pythia explain Nonsense=1
  pythia: error: Nonsense: no such column
    A plan can hold: Impressions, Company, Campaign_Type, Target_Audience, Duration, Channel_Used, Acquisition_Cost, Location, Language, Customer_Segment, Date.
  [3]

A history that was replaced may lack what the model was trained on: that is said, and nothing stops.

  $ pythia simulate --rows 600 --seed 2 -o old.csv >/dev/null; cut -d, -f1-5,7- old.csv > new.csv; head -1 new.csv | cut -d, -f5-7
  Duration,Conversion_Rate,Acquisition_Cost
  $ pythia clean old.csv --dataset o >/dev/null; pythia train --dataset o >/dev/null; pythia clean new.csv --dataset o --replace >/dev/null
  $ pythia explain --summary --dataset o
  pythia: error: Channel_Used: the model was trained with this column; the history has it no more, or with other values
    pythia train learns from the history as it is now.
  [5]
  $ pythia recommend --budget 9000 --dataset o > /dev/null 2>&1 || echo $?
  5
  $ pythia report --dataset o -o o.html > /dev/null 2>&1 || echo $?
  5
