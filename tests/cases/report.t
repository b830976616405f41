The report is one file that needs no other.

  $ pythia report
  pythia: error: no model yet for dataset campaigns: pythia train
  [6]
  $ pythia simulate --rows 1000 --seed 1 -o h.csv > /dev/null; pythia clean h.csv > /dev/null; pythia train > /dev/null
  $ pythia report
  report.html: open it in a browser; it needs no other file
  $ head -1 report.html; grep -c '<svg' report.html; grep -ciE '<script|https?://|url\(' report.html
  <!DOCTYPE html>
  8
  0
  [1]
  $ grep -o '<h2>[^<]*' report.html
  <h2>What the data was
  <h2>How good the predictions are
  <h2>What matters
  <h2>Effects, and how sure they are
  <h2>What a budget is best spent on
  <h2>What to be careful about
  <h2>Where this comes from
  $ pythia report --budget '$9,000' -o sub/nine.html; grep -o 'A budget of [^<]*' sub/nine.html
  sub/nine.html: open it in a browser; it needs no other file
  A budget of 9,000 USD
  $ pythia report -o - | tail -1
  </html>

It logs no recommendation.

  $ pythia export recommendations
  exports/recommendations.csv: 0 rows
  exports/recommendations.json: 0 rows

A name that looks like a page is text.

  $ sed 's/Email/<script>alert(1)<\/script>/g' h.csv > s.csv; pythia clean s.csv --dataset s > /dev/null; pythia train --dataset s > /dev/null
  $ pythia report --dataset s -o s.html; grep -q '<script' s.html || echo none; grep -q '&lt;script&gt;alert' s.html && echo as text
  s.html: open it in a browser; it needs no other file
  none
  as text

Without spend there is no recommendation, and it says why.

  $ (echo Channel_Used,Impressions,Clicks; for i in $(seq 300); do echo "Email,$((1000 + i)),$((20 + i % 7))"; echo "Search,$((1000 + i)),$((30 + i % 9))"; done) > p.csv
  $ pythia clean p.csv --dataset p > /dev/null; pythia train --dataset p > /dev/null; pythia report --dataset p -o p.html; grep -o 'no recommendation: [^<]*' p.html
  p.html: open it in a browser; it needs no other file
  no recommendation: the dataset has no spend, so that nothing can be said of a budget.

Words that are off.

  $ pythia report --budget much
  pythia: error: budget: no number: 'much'
    Write it as 1234.5 or "$1,234.50".
  [3]
  $ pythia report --budget '€5'
  pythia: error: budget: the dataset's money is in USD: '€5'
    Convert the amount; PYTHIA knows no exchange rates.
  [3]
  $ pythia report -o /proc/none/report.html
  pythia: error: /proc/none: cannot make the folder: No such file or directory
  [4]

Pictures of explanations.

  $ pythia explain Channel_Used=Email Duration=30 -o why.svg; head -c 4 why.svg; echo; head -c 4 why_roi.svg
  why.svg: clicks
  why_roi.svg: ROI
  <svg
  <svg (no-eol)
  $ pythia explain --summary -o all.png; head -c 8 all.png | od -An -tx1; head -c 8 all_roi.png | od -An -tx1
  all.png: clicks
  all_roi.png: ROI
   89 50 4e 47 0d 0a 1a 0a
   89 50 4e 47 0d 0a 1a 0a
  $ pythia explain --summary -o b.svg --plot beeswarm; grep -o 'How inputs move predictions' b.svg | head -1
  b.svg: clicks
  b_roi.svg: ROI
  How inputs move predictions
  $ pythia explain --summary -o d.svg --plot dependence --input Channel_Used --json | head -1; ls d*.svg
  {
  d.svg
  d_roi.svg
  $ pythia explain Channel_Used=Email -o why.pdf
  pythia: error: a picture's name ends in .svg or .png: 'why.pdf'
    pythia explain --help shows examples.
  [2]
  $ pythia explain --summary --plot beeswarm
  pythia: error: --plot goes with --summary and -o FILE
    pythia explain --help shows examples.
  [2]
  $ pythia explain --summary -o d.svg --plot dependence
  pythia: error: --plot dependence goes with --input COLUMN
    pythia explain --help shows examples.
  [2]
  $ pythia explain --summary -o d.svg --plot dependence --input Moon
  pythia: error: no such input: 'Moon'
    There are: Impressions, Campaign_Type, Channel_Used, Target_Audience, Customer_Segment, Duration, Company, Language, Location, Date, Acquisition_Cost.
  [4]

A recommendation draws what matters beside the other exports; where that fails, it stands.

  $ pythia recommend --budget 9000 | tail -1; head -c 4 exports/shap_summary_bar.png | od -An -tx1
  exports/shap_summary_bar.png
   89 50 4e 47
  $ pythia recommend --budget 9000 --json | grep -c shap_summary_bar
  0
  [1]
  $ rm exports/shap_summary_bar.png; mkdir exports/shap_summary_bar.png; pythia recommend --budget 9000 | tail -1
    note: no picture of what matters: cannot write: Is a directory
