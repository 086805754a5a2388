"""The style of the page of a report: by day and by night, on a phone and on paper."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --dim: #555;
  --rule: #ccc; --pass: #0b6b2f; --fail: #b00020; --warning: #7a4b00; --code: #f3f3f3;
  --posterior: #0072b2; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #e8e8e8; --dim: #aaa; --rule: #444; --pass: #6fd08c;
    --fail: #ff8a93; --warning: #f0b95a; --code: #23262c;
    --posterior: #56b4e9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--rule); }
p, ul, dl { margin: .5rem 0; }
ul { padding-left: 1.2rem; }
li, p, dd, figcaption { overflow-wrap: anywhere; }
td { min-width: 4rem; max-width: 30rem; overflow-wrap: break-word; }
td:last-child:not(.number) { min-width: 8rem; }
th[scope=row] { overflow-wrap: break-word; max-width: 14rem; }
p.pass, p.fail { font-weight: bold; border-left: .3rem solid; padding-left: .7rem; }
.pass, tr.pass > th { color: var(--pass); }
.fail, tr.fail > th { color: var(--fail); }
tr.pass > td, tr.fail > td, tr.quiet > td { color: var(--ink); }
.warning { color: var(--warning); }
.quiet > th, p.quiet, ul.quiet, small, caption, figcaption, summary {
  color: var(--dim); }
p.quiet, ul.quiet, small, figcaption, summary { font-size: .9em; }
small { display: block; }
dl > div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem;
  margin: .3rem 0; }
dt { color: var(--dim); }
dd { margin: 0; }
math { display: inline-block; font-size: 1.1em; }
.formula { overflow-x: auto; overflow-y: hidden; padding: .1rem 0; }
.wide, .drawing { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9em; min-width: min(100%, 28rem);
  font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; }
thead th { border-bottom: 1px solid var(--ink); }
tbody tr { border-bottom: 1px solid var(--rule); }
.number { text-align: right; }
td.number { white-space: nowrap; }
td:has(small) { min-width: 15rem; }
figure { margin: 1rem 0 2rem; }
svg { display: block; width: 100%; min-width: 30rem; height: auto; fill: currentColor;
  font-family: inherit; }
summary { cursor: pointer; margin-top: .5rem; }
.scene { margin: 1rem calc((100% - min(60rem, 100vw - 2rem)) / 2); }
iframe { display: block; width: 100%; height: 60rem; border: 1px solid var(--rule); }
.instead { display: none; }
pre { background: var(--code); padding: .6rem; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: .85rem; }
@media (max-width: 34rem) { dl > div { grid-template-columns: 1fr; }
  iframe { height: 95vh; } }
@page { size: A4; margin: 18mm 16mm; }
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 16pt; } h2 { font-size: 12pt; margin-top: 14pt; break-after: avoid; }
  table { font-size: 8.5pt; } thead { display: table-header-group; }
  tr, .formula, p, li { break-inside: avoid; }
  .drawing, .short { break-inside: avoid; } .wide, .drawing { overflow: visible; }
  svg { min-width: 0; max-width: 15cm; }
  iframe { display: none; } .instead { display: block; } .scene { margin: 0; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
