import { fitText, textWidth } from './text-width.js';

/** Something on the time axis with a name: x from and until. A point in time has both the same. */
export interface Labelled {
  text: string;
  from: number;
  until: number;
}

/** Where it and its name stand. Lanes are counted from the top. */
interface Placed<Item extends Labelled> {
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

/** Around a label. Two bands may touch: their edges part them. */
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
    const free = laneEnds.findIndex((laneEnd) => laneEnd <= start);
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

type Placing<Item extends Labelled> = Omit<Placed<Item>, 'lane'> & { start: number; end: number };

/** What an item needs in a lane, from start to end, its label and the room around that included. */
function placingOf<Item extends Labelled>(item: Item, room: LabelRoom): Placing<Item> {
  const { from: first, until: last, fontSize } = room;
  const from = Math.min(last - minWidth, Math.max(first, item.from));
  const until = Math.min(last, Math.max(from + minWidth, item.until));
  const band = { item, from, until };
  const widthOf = (label: string): number => textWidth(label, fontSize);
  // In the order of preference, each with the room it has for a label.
  const places = [
    {
      width: until - from - 2 * gap,
      put: (label: string) => ({ ...band, label, labelX: from + gap, start: from, end: until }),
    },
    {
      width: last - until - gap,
      put: (label: string) => {
        const labelX = until + gap;
        return { ...band, label, labelX, start: from, end: labelX + widthOf(label) + gap };
      },
    },
    {
      width: from - gap - first,
      put: (label: string) => {
        const labelX = from - gap - widthOf(label);
        return { ...band, label, labelX, start: labelX - gap, end: until };
      },
    },
  ] as const;
  const needed = widthOf(item.text);
  const fitting = places.find(({ width }) => width >= needed);
  if (fitting !== undefined) return fitting.put(item.text);
  const roomiest = places.reduce((most, each) => (each.width > most.width ? each : most));
  return roomiest.put(fitText(item.text, roomiest.width, fontSize));
}
