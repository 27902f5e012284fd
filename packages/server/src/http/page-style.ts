/** Sent as a file of its own, because the pages allow no inline style. */
export const pageStyle = `
:root{color-scheme:light dark;--bg:#f7f7f8;--card:#fff;--ink:#1c1d21;--quiet:#5b5e68;--line:#d9dbe1;--brand:#3346b8;--on:#fff;--ask:#8a5a00;--no:#a3123a;--mark:#ffe08a;--mark-ink:#3d2c00;--del:#fde7ec;--ins:#e2f4ee}
@media (prefers-color-scheme:dark){:root{--bg:#131418;--card:#1c1e24;--ink:#eceef3;--quiet:#a6abb8;--line:#363a45;--brand:#94a5ff;--on:#11131a;--ask:#f0b849;--no:#ff7d9c;--mark:#5c4706;--mark-ink:#ffedb8;--del:#43202b;--ins:#153a33}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:42rem;margin:0 auto;background:var(--card);min-height:100vh}
main.card{width:min(26rem,100% - 32px);min-height:0;margin:12vh auto 0;padding:24px;border:1px solid var(--line);border-radius:12px}
.code{display:block;width:min(14rem,100%);margin:12px auto;border-radius:8px}
.brand{margin:0;font-weight:600;color:var(--brand)}
h1{font-size:1.35rem;line-height:1.35;margin:12px 0;font-weight:500;overflow-wrap:anywhere}
h2{font-size:1rem;margin:0 0 4px}
p{margin:4px 0}
.quiet,.for,.consequence{color:var(--quiet)}
.consequence{margin-bottom:12px}
.alarm{color:var(--no);font-weight:600}
a{color:var(--brand)}
label{display:block;margin-top:12px;font-size:.875rem;color:var(--quiet)}
input,select{width:100%;font:inherit;padding:10px;border:1px solid var(--quiet);border-radius:8px;background:var(--bg);color:inherit}
fieldset label{color:inherit;font-size:1rem;min-height:24px;overflow-wrap:anywhere}
.limits{margin:4px 0;padding-left:20px}
input[type=checkbox]{width:20px;height:20px;margin:0;flex:none}
fieldset{border:1px solid var(--line);border-radius:8px;margin:12px 0 0;padding:4px 12px 12px}
legend{font-weight:600;padding:0 4px}
label.tick{display:flex;flex-wrap:wrap;gap:4px 8px;align-items:center;min-height:32px;color:inherit;overflow-wrap:anywhere}
label.tick small{color:var(--quiet);font-size:.8125rem}
form button{width:100%;margin-top:16px}
button{font:inherit;font-weight:600;min-height:48px;padding:10px 16px;border:2px solid var(--quiet);border-radius:8px;background:transparent;color:inherit;cursor:pointer}
.card button{width:100%;margin-top:16px}
main.account{padding:16px}
.account section>button,.account li button{margin-top:8px}
.rows{list-style:none;padding:0;margin:0}
.rows li{padding:8px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
a.button{display:block;text-align:center;text-decoration:none;font-weight:600;min-height:48px;padding:10px 16px;border:2px solid var(--quiet);border-radius:8px;color:inherit}
.or{text-align:center;color:var(--quiet);margin:12px 0}
button.primary{border-color:var(--brand);background:var(--brand);color:var(--on)}
button[aria-disabled=true],button:disabled{opacity:.45;cursor:default}
:focus-visible{outline:3px solid var(--ask);outline-offset:2px}
.approval>:not(.band,.controls){margin-left:16px;margin-right:16px}
.band{display:flex;flex-wrap:wrap;gap:2px 16px;padding:10px 16px;background:var(--bg);border-bottom:1px solid var(--line);font-size:.875rem}
.band b{text-transform:uppercase;letter-spacing:.04em}
.tier{font-weight:600}
.band.production{background:var(--ink);color:var(--card);border-color:var(--ink)}
#left{font-variant-numeric:tabular-nums;font-weight:600}
.chips{display:flex;flex-wrap:wrap;gap:8px;padding:0;margin:12px 0;list-style:none}
.chips li{border:1.5px solid var(--ask);color:var(--ask);border-radius:16px;padding:2px 10px;font-size:.875rem;font-weight:600}
section,.more{border-top:1px solid var(--line);padding:12px 0}
blockquote{margin:4px 0;padding:4px 12px;border-left:3px solid var(--line);color:var(--quiet);font-style:italic}
dl{margin:4px 0}
dt{margin-top:8px;font:600 .8125rem/1.4 ui-monospace,SFMono-Regular,Menlo,monospace;color:var(--quiet);overflow-wrap:anywhere}
dd{margin:0;overflow-wrap:anywhere}
dd dl,dd ol{border-left:1px solid var(--line);padding-left:12px;margin-left:4px}
ol{margin:4px 0;padding-left:24px}
.chain,.deciders{list-style:none;padding:0;margin:4px 0}
.steps{list-style:none;padding:0;margin:8px 0 0}
.steps li{position:relative;padding:0 0 10px 20px;border-left:2px solid var(--line);margin-left:5px;overflow-wrap:anywhere}
.steps li::before{content:"";position:absolute;left:-7px;top:6px;width:12px;height:12px;border-radius:6px;background:var(--card);border:2px solid var(--quiet)}
.steps li:last-child{border-color:transparent}
.steps .tainted::before{background:var(--no);border-color:var(--no);border-radius:0}
code,.text{font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
.text{white-space:pre-wrap}
.quoted::before{content:"“";color:var(--quiet)}
.quoted:not(:has(details))::after{content:"”";color:var(--quiet)}
.soft{color:var(--quiet);user-select:none}
mark{background:var(--mark);color:var(--mark-ink);border-radius:4px;padding:0 3px}
mark small{font-size:.75rem;font-weight:700}
.keyword{font-weight:700}
.operator{font-weight:700;color:var(--ask)}
.place{font-weight:700;background:var(--bg);border-radius:4px;padding:0 2px}
.warning{font-weight:700;color:var(--no)}
.remark{font-style:italic;color:var(--quiet)}
.masked{letter-spacing:.1em}
dd small,li small{color:var(--quiet)}
mark small{color:inherit}
.diff{border:1px solid var(--line);border-radius:8px;overflow:hidden}
.diff>*{display:block;text-decoration:none;padding:0 8px 0 24px;position:relative;overflow-wrap:anywhere}
.diff .sign{position:absolute;left:8px;font-weight:700}
del{background:var(--del)}
ins{background:var(--ins)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
summary{cursor:pointer;min-height:32px;padding:4px 0;color:var(--brand);font-weight:600}
.controls{position:sticky;bottom:0;max-height:75vh;overflow:auto;padding:8px 16px 12px;background:var(--card);border-top:2px solid var(--line)}
.controls h2{font-size:1.125rem}
#message{color:var(--ask);font-weight:600}
.match{font-size:.875rem}
.match b{font-size:1.125rem;font-variant-numeric:tabular-nums}
.others{display:flex;flex-wrap:wrap;gap:0 24px;margin-top:4px}
.others details[open]{flex-basis:100%}
.stop button{width:100%;margin-top:12px;border-color:var(--no);color:var(--no)}
.buttons{display:grid;grid-template-columns:1fr 1.4fr;gap:12px;margin-top:8px}
.controls label{margin-top:0}
.evidence{max-width:60rem;overflow-wrap:anywhere}
.control{border-top:1px solid var(--line);padding:12px 0}
.control h3{font-size:1rem;margin:0 0 4px;overflow-wrap:anywhere}
.counter-evidence{color:var(--no)}
.configuration-only,.no-evidence{color:var(--ask)}
.claims{margin:4px 0;padding-left:20px}
.claims>li{margin:8px 0;overflow-wrap:anywhere}
.claims .more{border:0;padding:0}
.samples{list-style:none;margin:0;padding:0 0 0 12px}
.samples li{padding:4px 0}
@media print{main{max-width:none!important}.control{break-inside:avoid}}
@media (forced-colors:active){.chips li,mark,.band,.diff{border:1px solid}.steps .tainted::before{background:CanvasText}button{border:2px solid ButtonText}}
@media (max-height:520px){.controls{position:static}}
@media (prefers-reduced-motion:no-preference){button{transition:opacity .15s}}
`.trim();
