import { describe, expect, it } from 'vitest';
import { scramVerifier } from '../../../src/nodes/postgres/scram.js';

describe('the SCRAM verifier of a password', () => {
  it('is the one that RFC 7677 gives for its example', () => {
    // RFC 7677, section 3: user "user", password "pencil", salt W22ZaJ0SNY7soEsUEjb6gQ==, 4096 iterations. Its server
    // signature is 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=, made with the server key below.
    const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
    expect(verifier).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  it('differs each time, since its salt is new', () => {
    expect(scramVerifier('secret')).not.toBe(scramVerifier('secret'));
  });
});
