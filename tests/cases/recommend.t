A budget becomes a plan, with what to expect of it and how sure that is.

  $ pythia simulate --rows 3000 --seed 1 -o h.csv > /dev/null; pythia clean h.csv > /dev/null; pythia recommend --budget 10000
  pythia: error: no model yet for dataset campaigns: pythia train
  [6]
  $ pythia train > /dev/null; pythia recommend --budget '$10,000' > out; head -2 out | cut -c1-70; grep evidence out; echo $?
  recommended for 10,000 USD: Campaign_Type Search, Channel_Used Google 
    campaigns like this one had 1.36 more ROI than your average campaign
  evidence: 1,243 campaigns spent 6,679 to 14,984; 14 were like this plan; plans with enough to be compared: 73; 14 campaigns valued the choice without having made it
  0
  $ pythia recommend --budget 10000 --json > r.json; grep -E '"(Verdict|Objective|Recommended_Duration)"' r.json; grep -ciwE 'nan|inf' r.json
    "Objective": "roi",
    "Recommended_Duration": 45,
    "Verdict": "better",
  0
  [1]
  $ pythia recommend --budget 10000 --json --threads 1 | cmp - r.json

Where every plan is worth the same it says so.

  $ pythia simulate --rows 3000 --seed 1 --signal none -o n.csv > /dev/null; pythia clean n.csv --dataset nothing > /dev/null; pythia train --dataset nothing > /dev/null
  $ pythia recommend --budget 10000 --dataset nothing | head -2 | cut -c1-70
  nothing stands out for 10,000 USD
    no better than your average campaign near this budget: the differenc
  $ pythia recommend --budget 10000 --dataset nothing --json | grep '"Verdict"'
    "Verdict": "no_better",

What the user fixes is kept, and compared with the average of its kind.

  $ pythia recommend --budget 10000 --objective clicks Channel_Used=Email "Duration=30 days" | head -1
  nothing stands out for 10,000 USD

Every recommendation is logged.

  $ pythia export recommendations; head -1 exports/recommendations.csv | cut -c1-60; sed -n 2p exports/recommendations.csv | cut -d, -f1,3
  exports/recommendations.csv: 6 rows
  exports/recommendations.json: 6 rows
  id,at,dataset,Company,Campaign_Type,Target_Audience,Duration
  1,campaigns

What cannot be answered is refused with a way out.

  $ pythia recommend --budget '€10,000'
  pythia: error: budget: the dataset's money is in USD: '€10,000'
    Convert the amount; PYTHIA knows no exchange rates.
  [3]
  $ pythia recommend --budget -5
  pythia: error: budget: must not be negative: '-5'
  [3]
  $ pythia recommend --budget nan
  pythia: error: budget: a value is missing: 'nan'
  [3]
  $ pythia recommend --budget 0
  pythia: error: budget: a budget is an amount above 0, up to 1e15: '0'
  [3]
  $ pythia recommend --budget 1e300
  pythia: error: budget: a budget is an amount above 0, up to 1e15: '1e+300'
  [3]
  $ pythia recommend --budget 10000 --objective fame
  pythia: --objective: takes clicks|roi|ctr, not 'fame'
    pythia --help, or pythia VERB --help, shows the words.
  [2]
  $ pythia recommend --budget 10000 Channel_Used=Fax
  pythia: error: Channel_Used: no campaign of the history has this value: 'Fax'
    It has: Email, Facebook, Google Ads, Instagram, Website, YouTube.
  [3]
  $ pythia recommend --budget 10000 Impressions=5000
  pythia: error: Impressions: it follows from the budget and cannot be fixed
  [3]
  $ pythia recommend --budget 10000 Acquisition_Cost=5000
  pythia: error: Acquisition_Cost: the budget says it
    Use --budget.
  [3]
  $ pythia recommend --budget 10000 ROI=3
  pythia: error: ROI: no column of a plan
    What can be fixed: Company, Campaign_Type, Target_Audience, Duration, Channel_Used, Location, Language, Customer_Segment, Date.
  [3]
  $ pythia recommend --budget 10000 Email
  pythia: error: a plan is given as Key=Value: 'Email'
    As in Channel_Used=Email "Acquisition_Cost=$16,174.00"
  [2]
  $ pythia recommend
  pythia: --budget is required
    pythia --help, or pythia VERB --help, shows the words.
  [2]
  $ pythia recommend --budget 1e9 | grep note
    note: no campaigns support a budget of 1000000000; answered for 82951.5, the nearest that 10 or more campaigns are near to
    note: too few campaigns near this budget to tell plans by Channel_Used, Campaign_Type, Duration as well: it is averaged over
  $ pythia recommend --budget 10000 --dataset none
  pythia: error: no model yet for dataset none: pythia train
  [6]
