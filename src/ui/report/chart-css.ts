/**
 * Colours of the pictures: the palette of Okabe and Ito (Color Universal Design, 2008), which people with any form of colour
 * blindness can tell apart, with tints for what text stands on. Light is also what is printed.
 */
const light = `--ink:#1b1f24;--muted:#545d68;--grid:#d5dae0;--ground:#ffffff;
--write:#0072b2;--read:#007a5a;--failed:#b84600;--indeterminate:#8a6100;--stale:#97407a;
--fault:#f8d5c0;--fault-edge:#b84600;--operation:#d0e5f4;--operation-edge:#0072b2;
--phase:#e4e7eb;--phase-edge:#6b7480;--window:#f1f3f5;--window-edge:#9099a3;`;

const dark = `--ink:#e6e9ed;--muted:#a3acb7;--grid:#39414b;--ground:#14171c;
--write:#56b4e9;--read:#2fbf93;--failed:#ff9a5c;--indeterminate:#efb73e;--stale:#e39bc6;
--fault:#5a2e17;--fault-edge:#ff9a5c;--operation:#143a55;--operation-edge:#56b4e9;
--phase:#333a43;--phase-edge:#8d97a3;--window:#1f242b;--window-edge:#6c7681;`;

/** The style of every picture, by itself or in a page. */
export const chartCss = `.chart{${light}
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;background:var(--ground);
-webkit-print-color-adjust:exact;print-color-adjust:exact}
@media screen and (prefers-color-scheme:dark){.chart{${dark}}}
.chart text{fill:var(--ink);font-variant-numeric:tabular-nums}
.chart .muted{fill:var(--muted)}
.chart .bold{font-weight:600}
.chart .middle{text-anchor:middle}
.chart .end{text-anchor:end}
.chart .grid{stroke:var(--grid);stroke-width:1}
.chart .base{stroke:var(--muted);stroke-width:1}
.chart .zero{stroke:var(--ink);stroke-width:1}
.chart .division{stroke:var(--window-edge);stroke-width:1;stroke-dasharray:3 3}
.chart .write{fill:var(--write)}
.chart .read{fill:var(--read)}
.chart .failed{fill:var(--failed)}
.chart .indeterminate{fill:var(--indeterminate)}
.chart .stale{fill:var(--stale)}
.chart .fault,.chart .operation,.chart .phase,.chart .window{stroke-width:1}
.chart .fault{fill:var(--fault);stroke:var(--fault-edge)}
.chart .operation{fill:var(--operation);stroke:var(--operation-edge)}
.chart .phase{fill:var(--phase);stroke:var(--phase-edge)}
.chart .window{fill:var(--window);stroke:var(--window-edge)}
.chart .outage{fill:none;stroke:var(--ink);stroke-width:1.5}
.chart .part{stroke:var(--ground);stroke-width:1}
.chart .part-0{fill:#56b4e9}
.chart .part-1{fill:#e69f00}
.chart .part-2{fill:#41b896}
.chart .part-3{fill:#f0e442}
.chart .part-4{fill:#d796b8}
.chart .part-5{fill:#ee8a4a}
.chart .part-6{fill:#a9b8e8}
.chart .part-none{fill:#b9bfc6}
.chart .on-part{fill:#111418}
`;
