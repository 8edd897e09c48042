import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { PortChoice } from '../stack/ports.js';

const wholeNumber = (text: string): number => {
  if (!/^-?\d{1,5}$/.test(text)) throw new InvalidArgumentError('It takes a whole number, for example 100.');
  return Number(text);
};

/** Where a new stack publishes its ports. */
export const portOffsetOption = () =>
  new Option('--port-offset <number>', 'move every published port by this number')
    .argParser(wholeNumber)
    .default(0);

export const portsOption = () =>
  new Option('--ports <auto>', 'auto: publish any free ports').choices(['auto'] as const);

export const portChoice = ({ ports, portOffset }: { ports?: 'auto'; portOffset: number }): PortChoice =>
  ports === 'auto' ? 'auto' : { offset: portOffset };
