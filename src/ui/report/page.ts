import { createHash } from 'node:crypto';
import { chartCss } from './chart-css.js';
import { Markup, markup } from './markup.js';
import { pageCss } from './page-css.js';

const css = `${pageCss}${chartCss}`;

/**
 * Nothing may be loaded, run or sent; the one style sheet is known by its hash, so that no style that a record smuggled in
 * would count either (https://www.w3.org/TR/CSP3/).
 */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** A page in one file, which asks for nothing else. */
export const page = (title: string, body: Markup): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="halab">
<title>${title}</title>
<style>${new Markup(css)}</style>
</head>
<body>
<main>
${body}</main>
</body>
</html>
`.text;

/** A picture in a frame of its own: on a narrow screen it scrolls inside it. */
export const figure = (heading: string, picture: Markup): Markup =>
  markup`<figure class="frame" role="region" tabindex="0" aria-label="${heading}">
${picture}</figure>
`;
