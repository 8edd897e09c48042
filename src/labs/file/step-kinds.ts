import { fault, healNode } from '../steps/faults.js';
import { expectation, say, wait, waitUntil, window } from '../steps/observations.js';
import {
  addReplica,
  failover,
  fence,
  pointProxy,
  promote,
  rejoin,
  removeReplica,
  repair,
  restart,
  start,
  stop,
  switchover,
  sync,
} from '../steps/operations.js';
import { api, count, fetchExpired, insert, sql } from '../steps/requests.js';
import type { StepKind } from '../steps/step-kind.js';

/** What a step of a lab can be, by the key that names it in the lab's file. */
export const stepKinds: Readonly<Record<string, StepKind>> = {
  say,
  window,
  wait,
  waitUntil,
  expect: expectation,
  fault,
  heal: healNode,
  stop,
  start,
  restart,
  failover,
  switchover,
  promote,
  pointProxy,
  rejoin,
  repair,
  fence,
  sync,
  addReplica,
  removeReplica,
  api,
  sql,
  insert,
  fetch: fetchExpired,
  count,
};
