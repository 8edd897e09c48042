/** The style of a report's page: for a screen of any width, light or dark, and for A4 paper. */
export const pageCss = `
:root{color-scheme:light;--text:#1b1f24;--soft:#545d68;--line:#d5dae0;--page:#ffffff;--panel:#f4f6f8;
--passed:#17652f;--failed-text:#a4260f;--inconclusive:#745000;--focus:#0072b2}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--text:#e6e9ed;--soft:#a3acb7;--line:#39414b;
--page:#14171c;--panel:#1d2229;--passed:#5fd38d;--failed-text:#ff9c8a;--inconclusive:#efb73e;--focus:#56b4e9}}
*{box-sizing:border-box}
html{background:var(--page);color:var(--text);-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:64rem;padding:1.5rem 1rem 3rem;line-height:1.5;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.2rem;margin:2.2rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.4rem 0 .4rem}
p{margin:.5rem 0;max-width:46rem}
h1,p,li,dd{overflow-wrap:anywhere}
.soft{color:var(--soft)}
.verdict{font-size:1.15rem;font-weight:600;padding:.6rem .9rem;margin:.8rem 0;border-left:.4rem solid;
background:var(--panel);max-width:none}
.verdict span{font-weight:400;color:var(--text)}
.passed{color:var(--passed)}
.failed{color:var(--failed-text)}
.inconclusive{color:var(--inconclusive)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.5rem;margin:1rem 0}
.figures div{background:var(--panel);padding:.5rem .7rem}
.figures dt{color:var(--soft);font-size:.85rem}
.figures dd{margin:0;font-size:1.15rem;font-weight:600;font-variant-numeric:tabular-nums}
.sides{display:grid;grid-template-columns:auto 1fr;gap:.2rem .8rem;margin:1rem 0}
.sides dt{font-weight:600}
.sides dd{margin:0}
.frame{overflow-x:auto;margin:.8rem 0 1.2rem}
.frame:focus-visible,pre:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
table{border-collapse:collapse;font-size:.9rem}
table{min-width:min(100%,26rem)}
caption{text-align:left;color:var(--soft);padding:0 0 .3rem}
caption span{display:inline-block;position:sticky;left:0;max-width:calc(100vw - 2rem)}
th,td{text-align:left;vertical-align:top;padding:.28rem .9rem .28rem 0;border-bottom:1px solid var(--line);
font-weight:400;overflow-wrap:break-word}
td:not(.figure){min-width:8rem}
.prose th[scope=row]{min-width:13rem}
thead th{font-weight:600;vertical-align:bottom}
.figure{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
thead .figure{white-space:normal}
.chart{display:block;width:100%;min-width:46rem;height:auto}
pre{background:var(--panel);padding:.8rem;overflow-x:auto;font-size:.85rem;line-height:1.45}
code,.keys{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",monospace;font-size:.85rem}
.keys{columns:16rem auto;padding-left:1.2rem}
@page{size:A4;margin:14mm}
@media print{
body{max-width:none;padding:0;font-size:9.5pt}
h1{font-size:16pt}h2{font-size:12.5pt}h3{font-size:10.5pt}
h2,h3,caption{break-after:avoid}
tr,figure,.verdict,.figures{break-inside:avoid}
thead{display:table-header-group}
.frame{overflow:visible}
caption span{max-width:none}
table{font-size:8pt}
th,td{padding-right:.6rem;overflow-wrap:anywhere}
td:not(.figure){min-width:0}
thead th{overflow-wrap:normal}
.chart{min-width:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
.verdict,.figures div,pre{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;
