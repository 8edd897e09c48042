import { describe, expect, it } from 'vitest';
import {
  classifyBrokenExchange,
  classifyHttpAnswer,
  classifyStatementError,
} from '../../../src/measure/classify-error.js';

const serverError = (code: string, severity = 'ERROR') => Object.assign(new Error('…'), { code, severity });
const socketError = (code: string) => Object.assign(new Error('…'), { code });

describe('an error of a statement', () => {
  it.each(['25006', '23514', '22001', '42501', '40001', '40P01', '53100', '57014', '26000'])(
    'leaves the write certainly undone after %s',
    (code) => {
      expect(classifyStatementError(serverError(code), { sent: true })).toEqual({
        outcome: 'failed',
        errorCode: code,
      });
    },
  );

  it.each(['57P01', '57P02', '57P03', '08006', '08P01', '58000', '58030', 'XX000', '40003', '23505'])(
    'leaves open what became of the write after %s',
    (code) => {
      expect(classifyStatementError(serverError(code), { sent: true }).outcome).toBe('indeterminate');
    },
  );

  it('believes no code that ends the backend', () => {
    expect(classifyStatementError(serverError('53200', 'FATAL'), { sent: true }).outcome).toBe(
      'indeterminate',
    );
    expect(classifyStatementError(serverError('53100', 'PANIC'), { sent: true }).outcome).toBe(
      'indeterminate',
    );
  });

  it('believes 57P05: an idle session is ended before it begins a statement', () => {
    expect(classifyStatementError(serverError('57P05', 'FATAL'), { sent: true }).outcome).toBe('failed');
    expect(classifyStatementError(socketError('57P05'), { sent: true }).outcome).toBe('indeterminate');
  });

  it('reads the code and not the word, which is in the language of the server', () => {
    expect(classifyStatementError(serverError('25006', 'FEHLER'), { sent: true }).outcome).toBe('failed');
  });

  it('is indeterminate when the connection broke or gave no answer after the statement was sent', () => {
    expect(classifyStatementError(socketError('ECONNRESET'), { sent: true })).toEqual({
      outcome: 'indeterminate',
      errorCode: 'ECONNRESET',
    });
    expect(classifyStatementError(socketError('NO_ANSWER'), { sent: true }).outcome).toBe('indeterminate');
    expect(classifyStatementError(new Error('Connection terminated unexpectedly'), { sent: true })).toEqual({
      outcome: 'indeterminate',
      errorCode: 'CONNECTION_LOST',
    });
    // A socket's error that happens to look like a SQLSTATE is none.
    expect(classifyStatementError(socketError('25006'), { sent: true }).outcome).toBe('indeterminate');
    expect(classifyStatementError(undefined, { sent: true }).outcome).toBe('indeterminate');
  });

  it('is failed for whatever reason when there was no connection to send it on', () => {
    for (const error of [serverError('57P03', 'FATAL'), socketError('ECONNREFUSED'), new Error('timeout')]) {
      expect(classifyStatementError(error, { sent: false }).outcome).toBe('failed');
    }
  });
});

describe('an answer of the API', () => {
  const problem = (fields: object) => JSON.stringify({ type: 'urn:halab:problem:unavailable', ...fields });

  it('is failed when the API says that the write did not happen', () => {
    expect(classifyHttpAnswer(503, problem({ outcome: 'not-applied' }))).toEqual({
      outcome: 'failed',
      errorCode: 'HTTP 503',
    });
  });

  it('is indeterminate when the API does not know, or does not say', () => {
    const unsaid = [
      problem({ outcome: 'unknown' }),
      problem({}),
      '<html>503</html>',
      '',
      'null',
      '{"outcome":',
    ];
    for (const body of unsaid) expect(classifyHttpAnswer(503, body).outcome).toBe('indeterminate');
    const type = 'urn:halab:problem:write-indeterminate';
    expect(classifyHttpAnswer(503, JSON.stringify({ type })).outcome).toBe('indeterminate');
    for (const status of [500, 502, 504])
      expect(classifyHttpAnswer(status, '').outcome).toBe('indeterminate');
  });

  it('is failed when the request was refused', () => {
    for (const status of [400, 404, 413, 415, 422, 429]) {
      expect(classifyHttpAnswer(status, '').outcome).toBe('failed');
    }
  });

  it('is indeterminate when something in between gave up, or when the new key was taken already', () => {
    for (const status of [408, 409, 499, 302]) {
      expect(classifyHttpAnswer(status, '').outcome).toBe('indeterminate');
    }
  });
});

describe('a broken HTTP exchange', () => {
  it('is failed before a connection stood, and indeterminate after', () => {
    expect(classifyBrokenExchange('ECONNREFUSED', { sent: false }).outcome).toBe('failed');
    expect(classifyBrokenExchange('NO_ANSWER', { sent: false }).outcome).toBe('failed');
    expect(classifyBrokenExchange('ECONNRESET', { sent: true }).outcome).toBe('indeterminate');
    expect(classifyBrokenExchange('NO_ANSWER', { sent: true }).outcome).toBe('indeterminate');
  });
});
