import { expect, test } from 'vitest';

import { headOf } from './file_head.ts';

const fileOf = (...parts: Array<string | Uint8Array<ArrayBuffer>>): File => new File(parts, 'h.csv');

test('a small file is looked at whole', async () => {
  const file = fileOf('a,b\n1,2\n');
  expect(await headOf(file, 100)).toBe(file);
});

test('a large file is cut at the end of a line', async () => {
  const head = await headOf(fileOf('a,b\n1,2\n3,4\n5,6\n'), 10);
  expect(await head.text()).toBe('a,b\n1,2\n');
  expect(head.name).toBe('h.csv');
});

test('what is not made of lines is not cut', async () => {
  for (const start of [[0x1f, 0x8b], [0xff, 0xfe], [0x50, 0x41, 0x52, 0x31], [0x5b]]) {
    const file = fileOf(new Uint8Array(start), 'x\n'.repeat(100));
    expect(await headOf(file, 10)).toBe(file);
  }
  const line = fileOf('x'.repeat(100));
  expect(await headOf(line, 10)).toBe(line);
});
