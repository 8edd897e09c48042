import type { ForkedLoad } from '../../measure/fork-load.js';
import type { Operation } from '../../stack/operation.js';
import type { ApiSettings } from '../language/api-settings.js';
import type { ApiUnderLoad } from './api-under-load.js';
import type { RunRecorder } from './recorder.js';
import type { RunWindows } from './windows.js';

/** What the steps of a run work with. */
export interface LabContext {
  operation: Operation;
  stack: string;
  /** `primary` and `replica` are the nodes that had these roles when the lab began; other words are names of nodes. */
  readonly node: (word: string) => string;
  load: ForkedLoad;
  api: ApiUnderLoad;
  /** How the API answers now. */
  apiSettings: ApiSettings;
  recorder: RunRecorder;
  windows: RunWindows;
  /** What goes on beside later steps; its error ends the run. */
  readonly inBackground: (work: Promise<unknown>) => void;
}
