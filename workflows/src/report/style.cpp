// How the HTML report looks: on a wide screen, on a telephone, in the dark, on paper.
#include "document.hpp"

namespace ionpass::workflows::report {

namespace {

constexpr const char* the_style_sheet = R"css(
:root{--ink:#1b2430;--soft:#5b6775;--faint:#8a95a3;--ground:#f5f6f8;--card:#fff;--rule:#e1e5ea;--accent:#2f6fde;
--good:#1a7f4b;--good-ground:#e8f6ee;--warning:#8f5b00;--warning-ground:#fdf3dc;--bad:#b3261e;--bad-ground:#fdecea;
--neutral-ground:#eef2f8;--band:#2f6fde33;--seen:#39424e;--track:#d5dae1}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#a5b0bd;--faint:#7d8896;--ground:#12161c;--card:#1b2129;--rule:#2d3540;
--accent:#7aa7f7;--good:#5fd196;--good-ground:#14301f;--warning:#f0bf5e;--warning-ground:#33290f;--bad:#ff8f86;--bad-ground:#3a1917;
--neutral-ground:#202934;--band:#7aa7f744;--seen:#d3d9e1;--track:#3a444f}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
header,main,footer{max-width:1360px;margin:0 auto;padding:0 clamp(16px,3vw,40px)}
header{padding-top:40px}
h1{font-size:clamp(1.6rem,3.2vw,2.3rem);line-height:1.15;letter-spacing:-.015em;margin:0 0 6px;overflow-wrap:anywhere}
header p{color:var(--soft);margin:0 0 18px;max-width:90ch;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:8px;margin-bottom:8px}
nav a{color:var(--accent);text-decoration:none;font-size:.86rem;padding:3px 11px;border:1px solid var(--rule);border-radius:99px;background:var(--card)}
nav a:hover,nav a:focus{border-color:var(--accent)}
h2{font-size:1.35rem;letter-spacing:-.01em;margin:46px 0 12px;padding-top:4px;scroll-margin-top:12px}
h3{font-size:1.05rem;margin:28px 0 8px;overflow-wrap:anywhere}
p,ul{max-width:110ch}
ul{padding-left:1.25em}
li{margin:5px 0;overflow-wrap:anywhere}
.callout{border-left:5px solid var(--accent);background:var(--neutral-ground);border-radius:10px;padding:16px 22px;margin:18px 0}
.callout .lead{font-size:1.12rem;line-height:1.4;font-weight:650;margin:0;max-width:94ch}
.callout ul{margin:10px 0 2px}
.callout.good{border-color:var(--good);background:var(--good-ground)}
.callout.warning{border-color:var(--warning);background:var(--warning-ground)}
.callout.bad{border-color:var(--bad);background:var(--bad-ground)}
.callout.good .lead{color:var(--good)}.callout.warning .lead{color:var(--warning)}.callout.bad .lead{color:var(--bad)}
.table{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:10px;margin:14px 0}
table{border-collapse:collapse;width:100%;font-size:.855rem;line-height:1.4;font-variant-numeric:tabular-nums}
caption{max-width:1240px;caption-side:top;text-align:left;padding:12px 14px 10px;color:var(--soft);font-size:.88rem}
th{font-weight:600;text-align:left;color:var(--soft);vertical-align:bottom;padding:9px 10px;border-bottom:1px solid var(--rule)}
th.group{text-align:center}
td{padding:8px 10px;vertical-align:top}
tr.opens td{border-top:1px solid var(--rule)}
tbody tr:first-child td{border-top:0}
.number{text-align:right;white-space:nowrap}
td.strong{font-weight:650}
td.aside{font-size:.94em}td.aside:not([class*=" "]){color:var(--soft);padding-top:2px;padding-bottom:12px}
td:nth-child(2){white-space:nowrap}td:nth-child(2) small,td.aside{white-space:normal}
td.good{color:var(--good)}td.warning{color:var(--warning)}td.bad{color:var(--bad)}
small{display:block;color:var(--soft);font-size:.86em;font-weight:400}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(290px,1fr));gap:0 28px;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:10px 18px;margin:14px 0}
.facts div{padding:6px 0;min-width:0}
dt{font-size:.8rem;color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:16px 18px;min-width:0}
figure.wide{margin:14px 0}
figcaption{max-width:1240px;font-size:.87rem;color:var(--soft)}
figcaption strong{color:var(--ink);font-size:.95rem;overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,380px),1fr));gap:16px;margin:14px 0}
.plot svg{display:block;width:100%;height:auto;margin-top:8px}
figure.wide .plot svg{max-width:860px;margin:8px auto 0}
.plot text,.plot tspan{font-family:inherit}
.plot g[color="black"]{color:var(--ink)}
.plot [stroke="black"]{stroke:var(--soft)}
.plot g[fill="black"]{fill:var(--ink)}
details{margin-top:8px;font-size:.9rem}
summary{cursor:pointer;color:var(--accent);font-size:.84rem}
details .table{border-radius:6px}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;padding:0;margin:10px 0 0;font-size:.87rem;max-width:none}
.swatch{display:inline-block;width:22px;height:4px;border-radius:2px;vertical-align:middle;margin-right:8px}
.strip-rows{display:grid;grid-template-columns:minmax(120px,230px) 1fr minmax(80px,auto);gap:2px 16px;align-items:center}
.strip-name{font-weight:600;font-size:.92rem;overflow-wrap:anywhere;line-height:1.3}
.strip-value{font-weight:650;font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
.strip-bar svg{display:block;width:100%;height:auto;overflow:visible}
.track{stroke:var(--track);stroke-width:1}
.band{fill:var(--band)}
circle.computed{fill:var(--accent)}
.seen{fill:var(--seen)}
rect.seen{fill-opacity:.7}
circle.unseen{fill:none;stroke:var(--faint);stroke-width:1.6}
rect.unseen{fill:none;stroke:var(--faint);stroke-width:1.4}
.tick{font-size:12px;fill:var(--faint);text-anchor:middle}
.key{margin-top:12px}
.key .swatch{width:10px;height:10px;border-radius:50%;margin:0 6px 0 14px}
.key .swatch:first-child{margin-left:0}
.key .computed{background:var(--accent)}.key .seen{background:var(--seen)}.key .unseen{border:1.5px solid var(--faint)}
footer{color:var(--soft);font-size:.85rem;padding-top:36px;padding-bottom:48px}
@media (max-width:640px){.strip-rows{grid-template-columns:1fr auto;grid-auto-flow:dense;gap:2px 12px}.strip-bar{grid-column:1/-1;grid-row:auto;order:0}
.strip-name{grid-column:1}.strip-value{grid-column:2}.strip-name:empty,.strip-value:empty{display:none}.callout{padding:14px 16px}}
@page{size:A4 landscape;margin:12mm}
@media print{:root{--ink:#000;--soft:#444;--faint:#666;--ground:#fff;--card:#fff;--rule:#bbb;--accent:#1d4fa8;--good:#14633a;--warning:#6e4600;
--bad:#8f1e18;--good-ground:#fff;--warning-ground:#fff;--bad-ground:#fff;--neutral-ground:#fff;--band:#2f6fde33;--seen:#333;--track:#bbb}
body{font-size:10pt}nav,details{display:none}details[open]{display:block}header,main,footer{max-width:none;padding:0}
.table{overflow:visible}table{font-size:7.6pt}td,th{padding:3px 5px}.number{white-space:normal}h2{break-after:avoid}
figure.wide .plot svg{max-width:540px}figure,.callout,tr{break-inside:avoid}.cards{grid-template-columns:repeat(3,1fr)}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

}  // namespace

const char* style_sheet() { return the_style_sheet; }

}  // namespace ionpass::workflows::report
