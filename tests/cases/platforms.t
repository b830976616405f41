Daily exports of three platforms become 180 campaigns of one dataset.

  $ for p in Google Facebook TikTok; do pythia clean $EXAMPLES/platforms/$p.csv --append --set Channel_Used=$p | grep daily; done
    2,853 daily rows → 60 campaigns
    2,122 daily rows → 60 campaigns
    1,770 daily rows → 60 campaigns

  $ pythia datasets list --json | grep '"rows": 180'
      "rows": 180,

  $ pythia options | grep Channel_Used
    Channel_Used * Facebook, Google, TikTok (glob)

Rows and campaigns do not mix.

  $ pythia clean $EXAMPLES/platforms/Google.csv --append --grain row > out 2>&1; echo $?; grep -c grain out
  5
  * (glob)

  $ pythia train --json | grep -E '"(rule)"' | sort | uniq -c | tail -1
  * (glob)
