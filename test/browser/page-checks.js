// What the tests ask of a page, run inside the browser: what a reader's eye would see, and no test of the text could.

/** Red, green, blue and alpha, 0 to 1. */
const parseColour = (text) => {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return { red: red / 255, green: green / 255, blue: blue / 255, alpha };
};

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
const luminance = ({ red, green, blue }) => {
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
};

const contrast = (a, b) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((first, second) => second - first);
  return (light + 0.05) / (dark + 0.05);
};

const backgroundOf = (element) => {
  for (let at = element; at !== null; at = at.parentElement) {
    const colour = parseColour(getComputedStyle(at).backgroundColor);
    if (colour.alpha > 0) return colour;
  }
  return parseColour('rgb(255, 255, 255)');
};

/** Behind a label of a picture lies the last rectangle that was drawn there before it, or the picture's own ground. */
const groundOf = (label) => {
  const box = label.getBoundingClientRect();
  const x = box.left + box.width / 2;
  const y = box.top + box.height / 2;
  const behind = [...label.ownerSVGElement.querySelectorAll('rect')].filter((rect) => {
    const { left, right, top, bottom } = rect.getBoundingClientRect();
    const before = rect.compareDocumentPosition(label) & Node.DOCUMENT_POSITION_FOLLOWING;
    return before !== 0 && x >= left && x <= right && y >= top && y <= bottom;
  });
  const last = behind.at(-1);
  return last === undefined ? backgroundOf(label.ownerSVGElement) : parseColour(getComputedStyle(last).fill);
};

const hasText = (element) =>
  [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');

globalThis.pageChecks = {
  /** Texts whose contrast is below 4.5, the least that WCAG 2.2 (1.4.3) asks for. */
  faintTexts: () =>
    [...document.body.querySelectorAll('*')]
      .filter((element) => hasText(element) && !['title', 'desc'].includes(element.localName))
      .flatMap((element) => {
        const isLabel = element.localName === 'text';
        const style = getComputedStyle(element);
        const ratio = contrast(
          parseColour(isLabel ? style.fill : style.color),
          isLabel ? groundOf(element) : backgroundOf(element),
        );
        return ratio >= 4.5 ? [] : [`${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`];
      }),
  textCount: () => [...document.body.querySelectorAll('*')].filter(hasText).length,
  /** How many pixels the page is wider than the window. */
  overflow: () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  /** Frames whose content is wider than they are: on paper nobody can scroll them. */
  cutFrames: () =>
    [...document.querySelectorAll('.frame, pre')]
      .filter((frame) => frame.scrollWidth > frame.clientWidth + 1)
      .map((frame) => `${frame.getAttribute('aria-label') ?? frame.localName}: ${frame.scrollWidth}`),
  /** In pixels: one that is taller than a page is cut. */
  tallestPicture: () =>
    Math.max(...[...document.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect().height)),
  /** Labels of a picture that touch each other, or leave it. */
  collidingLabels: () =>
    [...document.querySelectorAll('svg')].flatMap((svg) => {
      const frame = svg.getBoundingClientRect();
      const labels = [...svg.querySelectorAll('text')].map((label) => ({
        text: label.textContent,
        box: label.getBoundingClientRect(),
      }));
      const outside = labels
        .filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1)
        .map(({ text }) => `${text} leaves the picture`);
      const touching = labels.flatMap((a, index) =>
        labels
          .slice(index + 1)
          .filter(
            (b) =>
              Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
              Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 3,
          )
          .map((b) => `${a.text} touches ${b.text}`),
      );
      return [...outside, ...touching];
    }),
};
