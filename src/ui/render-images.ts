import type { ImageState } from '../stack/images.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

export interface ImagesResult {
  /** The engine that answered, and how its address was found. */
  engine: { url: string; foundBy: string; version: string };
  baseImage: string;
  /** Empty when only the base image was asked for. */
  images: readonly ImageState[];
}

export function renderImages({ engine, baseImage, images }: ImagesResult, style: Style): string {
  const { paint } = style;
  return [
    `${paint.green('✔')} Docker Engine ${engine.version} at ${engine.url}, found by ${engine.foundBy}.`,
    `${paint.green('✔')} Base image ${baseImage}.`,
    ...(images.length === 0
      ? []
      : [
          '',
          renderTable(
            ['KIND', 'IMAGE', ''],
            images.map(({ kind, tag, built }) => [kind, tag, built ? 'built now' : 'was there']),
            style,
          ),
        ]),
    '',
  ].join('\n');
}

export function renderImagesRemoved(removed: readonly string[], { paint }: Style): string {
  if (removed.length === 0) return 'Nothing to do: the engine has no image of halab.\n';
  return `${[`${paint.green('✔')} Removed:`, ...removed.map((tag) => `  ${tag}`)].join('\n')}\n`;
}
