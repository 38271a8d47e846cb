// Opens pages that `embedengine report` made in a headless Chromium, in both themes, on a wide and a narrow
// screen, and on paper: nothing is asked of any server, nothing is said on the console, every chart has marks
// in colours that differ from the background, its text stays inside it, sessions can be clicked through by
// keyboard, and axe-core finds nothing serious.
//
//   node check.mjs CHROMIUM PAGE.html... [--shots DIR]
//
// The last line is what build.sh counts: N passed, N failed, 0 skipped.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const given = process.argv.slice(2);
const at = given.indexOf('--shots');
const shots = at < 0 ? null : given.splice(at, 2)[1];
const [executablePath, ...pages] = given;
let passed = 0;
let failed = 0;

/** One check with a name: what it throws is a failure, and the others go on. */
async function check(name, body) {
  try {
    await body();
    passed++;
  } catch (error) {
    failed++;
    console.error(`FAILED ${name}: ${error.message}`);
  }
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
for (const file of pages) {
  const name = basename(file, '.html');
  for (const colorScheme of ['light', 'dark']) {
    // A page may not run scripts; axe is ours, not the page's.
    const context = await browser.newContext({
      colorScheme, bypassCSP: true, viewport: { width: 1280, height: 900 },
    });
    const page = await context.newPage();
    const said = [];
    const asked = [];
    page.on('console', message => said.push(message.text()));
    page.on('pageerror', error => said.push(error.message));
    page.on('request', request => asked.push(request.url()));
    const url = pathToFileURL(resolve(file)).href;
    await page.goto(url);
    const label = `${name}, ${colorScheme}`;

    await check(`${label}: nothing on the console, nothing fetched`, async () => {
      expect(said.length === 0, said.join('; '));
      const others = asked.filter(u => u !== url && !u.startsWith('data:'));
      expect(others.length === 0, others.join(', '));
    });

    await check(`${label}: every chart has marks`, async () => {
      const charts = await page.evaluate(() => {
        const paper = getComputedStyle(document.body).backgroundColor;
        return [...document.querySelectorAll('svg')].map(svg => ({
          label: svg.getAttribute('aria-label'),
          marks: svg.querySelectorAll('.mk').length,
          visible: [...svg.querySelectorAll('.mk')].some(mark => {
            const style = getComputedStyle(mark);
            return [style.fill, style.stroke].some(c => c !== 'none' && c !== paper);
          }),
          text: [...svg.querySelectorAll('text')].every(t => getComputedStyle(t).fill !== paper
            || t.classList.contains('f-paper')),
        }));
      });
      expect(charts.length > 0, 'no chart');
      for (const chart of charts) {
        expect(chart.marks > 0, `no marks: ${chart.label}`);
        expect(chart.visible, `marks in the colour of the paper: ${chart.label}`);
        expect(chart.text, `text in the colour of the paper: ${chart.label}`);
      }
    });

    await check(`${label}: text of charts stays inside them`, async () => {
      const outside = await page.evaluate(() => [...document.querySelectorAll('svg')].flatMap(svg => {
        const box = svg.viewBox.baseVal;
        if (svg.getBoundingClientRect().width === 0) return [];
        return [...svg.querySelectorAll('text')].filter(text => {
          const bounds = text.getBoundingClientRect();
          const frame = svg.getBoundingClientRect();
          const slack = 3 * frame.width / box.width;
          return bounds.left < frame.left - slack || bounds.right > frame.right + slack
            || bounds.top < frame.top - slack || bounds.bottom > frame.bottom + slack;
        }).map(text => `${svg.getAttribute('aria-label').slice(0, 40)}: ${text.textContent}`);
      }));
      expect(outside.length === 0, outside.slice(0, 5).join('; '));
    });

    await check(`${label}: sessions by keyboard`, async () => {
      const buttons = await page.locator('input[type=radio]').count();
      if (buttons < 2) return;
      const shown = () => page.locator('.session').evaluateAll(
        all => all.filter(s => getComputedStyle(s).display !== 'none').map(s => s.dataset.n).join());
      expect(await shown() === '1', `shown first: ${await shown()}`);
      await page.locator('input[type=radio]').first().focus();
      for (let n = 2; n <= buttons; n++) {
        await page.keyboard.press('ArrowRight');
        expect(await shown() === String(n), `after ${n - 1} arrows: ${await shown()}`);
      }
    });

    await check(`${label}: axe-core`, async () => {
      // Tables of numbers are looked at opened.
      await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
      await page.evaluate(axe);
      const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      const serious = result.violations.filter(v => ['serious', 'critical'].includes(v.impact));
      expect(serious.length === 0, serious.map(v => `${v.id} (${v.nodes.length}): `
        + `${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary}`).join('; '));
      await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = false; }));
    });

    await check(`${label}: a narrow screen does not scroll sideways`, async () => {
      await page.setViewportSize({ width: 390, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide <= 390, `${wide} wide`);
      await page.setViewportSize({ width: 1280, height: 900 });
    });
    if (shots) await page.screenshot({ path: `${shots}/${name}-${colorScheme}.png`, fullPage: true });

    if (colorScheme === 'dark') {
      await check(`${name}: paper is white`, async () => {
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(paper === 'rgb(255, 255, 255)', paper);
      });
    }
    await context.close();
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
