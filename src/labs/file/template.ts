import { basename } from 'node:path';

/** A lab to begin with. @param file its name gives the lab its own */
export function labTemplate(file: string): string {
  const name =
    basename(file)
      .replace(/\.ya?ml$/, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '') || 'mine';
  return `# halab lab check ${file}   reads it; halab lab run ${file.includes('/') ? file : `./${file}`}   runs it.
# docs/labs/README.md lists every step, condition and figure.
lab: ${name}
title: The replica dies, and nobody notices
about: Reads go on from the primary while the replica is gone.
stack: { replicas: 1 }
load:
  proxyWriters: { clients: 2, every: 20ms }
  readers: { clients: 2, every: 10ms }
steps:
  - wait: 500ms
  - fault: kill
    node: replica
  - expect: reads come from primary
    within: 5s
  - expect: writes succeed
    staysFor: 2s
  - heal: replica
  - expect: the stack is healthy
    within: 30s
assertions:
  - failed writes == 0
  - lost == 0
conclusion: A replica can be lost without an error at a client.
`;
}
