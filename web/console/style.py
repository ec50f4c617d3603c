"""The console's style sheet: light and dark, from 390 px up; colours always come with a word or a sign."""

STYLE = """
:root { --ground: #f4f6f8; --panel: #ffffff; --ink: #17212b; --soft: #52606d; --line: #d9e0e6;
  --negative: #b3263a; --neutral: #5b6776; --positive: #12756a; --accent: #0b6e99; }
.body--dark { --ground: #0f151b; --panel: #18212a; --ink: #e6edf3; --soft: #9fb0bf; --line: #2b3844;
  --negative: #ff8a97; --neutral: #a9b5c1; --positive: #5fd3c3; --accent: #5cc3ee; }
body { background: var(--ground); color: var(--ink); font-family: system-ui, sans-serif; }
.nicegui-content { padding: 0; }
.shell { width: 100%; max-width: 1500px; margin: 0 auto; padding: 1rem; display: grid; gap: 1rem;
  grid-template-columns: minmax(0, 3fr) minmax(320px, 2fr); align-items: start; }
.wide { grid-column: 1 / -1; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: baseline; }
.bar h1 { font-size: 1.35rem; font-weight: 700; margin: 0; letter-spacing: -.01em; line-height: 1.3; }
.bar .figure { color: var(--soft); font-size: .875rem; }
.bar .figure b { color: var(--ink); }
.health-ok { color: var(--positive); } .health-bad { color: var(--negative); font-weight: 600; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem;
  width: 100%; }
.panel h2, .stream h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft);
  margin: 0 0 .5rem; font-weight: 600; line-height: 1.4; }
.filters { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; }
.filters .q-field { flex: 1 1 12rem; }
.stream, .side, .panel { min-width: 0; }
.side .panel { overflow: hidden; }
.side { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; position: sticky; top: 1rem; }
.card { background: var(--panel); border: 1px solid var(--line); border-left: 4px solid var(--tone, var(--line));
  border-radius: .5rem; padding: .7rem .9rem; margin-bottom: .6rem; overflow-wrap: anywhere; }
.tone-negative { --tone: var(--negative); } .tone-neutral { --tone: var(--neutral); }
.tone-positive { --tone: var(--positive); }
.meta { display: flex; flex-wrap: wrap; gap: .15rem .75rem; font-size: .78rem; color: var(--soft);
  align-items: center; }
.badge { color: var(--tone, var(--soft)); font-weight: 700; }
.topic { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; }
.title { display: block; color: var(--ink) !important; font-weight: 650; font-size: 1rem; line-height: 1.35;
  text-decoration: none; margin: .15rem 0; }
a.title:hover, a.quote:hover { text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.summary { color: var(--soft); font-size: .9rem; line-height: 1.45; }
.entities { display: flex; flex-wrap: wrap; gap: .35rem; margin-top: .4rem; }
.chip { color: var(--tone); border: 1px solid var(--tone); border-radius: 1rem; padding: 0 .55rem; font-size: .78rem;
  line-height: 1.5; }
.alert-high, .alert-medium { --tone: var(--negative); } .alert-low { --tone: #c77700; }
.alert-resolved { --tone: var(--positive); opacity: .75; }
.evidence { border-left: 2px solid var(--line); padding-left: .6rem; margin-top: .45rem; }
.quote { display: block; color: var(--ink) !important; font-size: .86rem; line-height: 1.4; text-decoration: none; }
.source { color: var(--soft); font-size: .75rem; }
.empty { color: var(--soft); padding: 1.5rem 0; text-align: center; }
@media (max-width: 900px) { .shell { grid-template-columns: minmax(0, 1fr); padding: .6rem; }
  .bar { order: -2; } .side { position: static; order: -1; } }
"""
