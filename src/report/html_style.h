// The style sheet of the report. Private to report/.
#pragma once

#include <string_view>

namespace pythia {

// No "<" and "&" in it: the page is well-formed XML too. The plots' margin is 24 px and they are
// made for 760: so wide, their headings stand in line with the text, and nothing is scaled.
inline constexpr std::string_view kReportStyle = R"css(
:root{color-scheme:light dark;--paper:#ffffff;--ink:#1f2328;--muted:#5f6873;--line:#e1e5ea;
--good:#008bfb;--none:#9aa2ac}
@media (prefers-color-scheme:dark){:root{--paper:#16191d;--ink:#e6e8eb;--muted:#a0a8b2;
--line:#30353c;--none:#6b7480}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif;
overflow-wrap:break-word}
main{max-width:760px;margin:0 auto;padding:56px 24px 72px}
h1{font-size:32px;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:6px 0 10px;
text-wrap:balance}
h2{font-size:22px;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin:0 0 12px}
h3{font-size:16.5px;line-height:1.4;font-weight:650;margin:36px 0 6px}
p{margin:0 0 12px;max-width:68ch}
section{margin-top:52px;padding-top:26px;border-top:1px solid var(--line)}
.eyebrow{font-size:13px;letter-spacing:.04em;color:var(--muted);margin:0}
.quiet{color:var(--muted)}
.small{font-size:14px;line-height:1.55;color:var(--muted)}
.verdicts{list-style:none;margin:30px 0 0;padding:0}
.verdicts li{padding:14px 0 14px 18px;border-left:3px solid var(--none);margin:0 0 14px}
.verdicts li.good{border-left-color:var(--good)}
.verdicts p{margin:0}
.verdicts .head{font-size:18px;line-height:1.4;font-weight:650}
.verdicts .what{font-size:13px;color:var(--muted)}
.verdicts .head{margin:1px 0 4px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:18px 24px;
margin:20px 0 24px}
.facts div{border-top:1px solid var(--line);padding-top:8px}
.facts dt{font-size:13px;color:var(--muted)}
.facts dd{margin:0;font-size:17.5px;line-height:1.35;font-weight:600;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:14px 0 18px}
table{border-collapse:collapse;width:100%;font-size:14.5px;line-height:1.45;
font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:8px 18px 8px 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:13px;font-weight:500;color:var(--muted);vertical-align:bottom;
border-bottom-color:var(--none)}
tbody th{font-weight:400}
td.n,th.n{text-align:right}
td.n{white-space:nowrap}
td .small,th .small{display:block;font-size:13px;line-height:1.4}
td.best{font-weight:650}
td.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px;
overflow-wrap:anywhere}
figure{margin:12px -24px 20px;overflow-x:auto}
h3+figure{margin-top:-8px}
figure svg{display:block;width:100%;height:auto;min-width:620px}
figure .pythia-plot{--pythia-paper:var(--paper)}
ul.notes{margin:0;padding:0;list-style:none}
ul.notes li{padding:10px 0;border-bottom:1px solid var(--line);max-width:none}
footer{margin-top:40px}
@media (max-width:600px){
main{padding:32px 18px 48px}
h1{font-size:26px}
h2{font-size:20px}
section{margin-top:40px;padding-top:22px}
.facts{grid-template-columns:1fr 1fr;gap:14px 18px}
figure{margin:10px -18px 18px}
th,td{padding-right:14px}
table.prose{min-width:520px}
}
@media print{
:root{color-scheme:light;--paper:#ffffff;--ink:#1f2328;--muted:#4d5560;--line:#d5dae0;
--none:#9aa2ac}
figure .pythia-plot{--pythia-ink:#1f2328;--pythia-muted:#5f6873;--pythia-axis:#9aa2ac;
--pythia-grid:#e6e9ed;--pythia-shade:#eceff3;--pythia-paper:#ffffff}
@page{margin:18mm 16mm}
body{font-size:10pt;line-height:1.45;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:none;padding:0}
section{margin-top:22px;padding-top:14px}
h3{margin-top:20px}
th,td{padding-top:5px;padding-bottom:5px}
figure{margin:4px -18px 8px;overflow:visible;break-inside:avoid}
figure svg{min-width:0;max-width:580px}
.wide{overflow:visible}
h2,h3{break-after:avoid}
tr,li,.facts div{break-inside:avoid}
table{font-size:9.5pt}
p{orphans:3;widows:3}
}
)css";

}  // namespace pythia
