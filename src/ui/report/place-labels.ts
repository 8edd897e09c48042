import { fitText, textWidth } from './text-width.js';

/** Something on the time axis with a name: x from and until. A point in time has both the same. */
export interface Labelled {
  text: string;
  from: number;
  until: number;
}

/** Where it and its name stand. Lanes are counted from the top. */
export interface Placed<Item extends Labelled> {
  item: Item;
  lane: number;
  from: number;
  until: number;
  label: string;
  /** Where the label begins. */
  labelX: number;
}

export interface LabelRoom {
  /** The plot: nothing leaves it. */
  from: number;
  until: number;
  fontSize: number;
  maxLanes: number;
}

export interface Placement<Item extends Labelled> {
  placed: Placed<Item>[];
  /** How many lanes are used. */
  lanes: number;
  /** What has no place in `maxLanes`; a table has to name it. */
  left: number;
}

/** Between two neighbours in a lane, and between a band and its label. */
const gap = 4;
/** A fault of a few milliseconds has to be seen, too. */
const minWidth = 2;

/**
 * Puts each item into the first lane in which neither it nor its label touches another. A label stands inside its band where
 * that is wide enough, else to the right of it, else to the left; one that is wider than the plot is cut.
 *
 * @param items in any order
 */
export function placeLabels<Item extends Labelled>(items: readonly Item[], room: LabelRoom): Placement<Item> {
  const laneEnds: number[] = [];
  const placed: Placed<Item>[] = [];
  let left = 0;
  const placings = items
    .map((item) => placingOf(item, room))
    // Lanes fill from the left, and the longest of those that begin together is the topmost.
    .sort((a, b) => a.start - b.start || b.end - a.end);
  for (const { start, end, ...placing } of placings) {
    const free = laneEnds.findIndex((laneEnd) => laneEnd + gap <= start);
    const lane = free === -1 ? laneEnds.length : free;
    if (lane >= room.maxLanes) {
      left += 1;
      continue;
    }
    laneEnds[lane] = end;
    placed.push({ ...placing, lane });
  }
  return { placed, lanes: laneEnds.length, left };
}

/** What an item needs in a lane, its label included. */
function placingOf<Item extends Labelled>(
  item: Item,
  { from: first, until: last, fontSize }: LabelRoom,
): Omit<Placed<Item>, 'lane'> & { start: number; end: number } {
  const from = Math.min(last - minWidth, Math.max(first, item.from));
  const until = Math.min(last, Math.max(from + minWidth, item.until));
  const width = textWidth(item.text, fontSize);
  if (width + 2 * gap <= until - from)
    return { item, from, until, label: item.text, labelX: from + gap, start: from, end: until };
  if (until + gap + width <= last)
    return {
      item,
      from,
      until,
      label: item.text,
      labelX: until + gap,
      start: from,
      end: until + gap + width,
    };
  if (from - gap - width >= first)
    return {
      item,
      from,
      until,
      label: item.text,
      labelX: from - gap - width,
      start: from - gap - width,
      end: until,
    };
  // The roomiest of the three places takes what fits of it.
  const roomInside = until - from - 2 * gap;
  const roomRight = last - until - gap;
  const roomLeft = from - gap - first;
  const most = Math.max(roomInside, roomRight, roomLeft);
  const label = fitText(item.text, most, fontSize);
  const labelWidth = textWidth(label, fontSize);
  if (most === roomInside) return { item, from, until, label, labelX: from + gap, start: from, end: until };
  if (most === roomRight)
    return { item, from, until, label, labelX: until + gap, start: from, end: until + gap + labelWidth };
  return {
    item,
    from,
    until,
    label,
    labelX: from - gap - labelWidth,
    start: from - gap - labelWidth,
    end: until,
  };
}
