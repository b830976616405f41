import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';

import { Choice, matching, NumberField, sliderPlace, sliderValue } from './fields.tsx';

test('a slider comes back to the value that it was put at', () => {
  for (const value of [540, 12000, 70000]) {
    const place = sliderPlace(value, 540, 70283, true);
    const back = sliderValue(place, 540, 70283, true);
    expect(Math.abs(back - value) / value).toBeLessThan(0.06);
  }
  expect(sliderValue(0, 15, 60, false)).toBe(15);
  expect(sliderValue(200, 15, 60, false)).toBe(60);
  expect(sliderPlace(1e9, 15, 60, false)).toBe(200);
  expect(sliderPlace(5, 7, 7, true)).toBe(0);
});

test('few options are buttons, and none of them is a choice too', () => {
  const change = vi.fn();
  render(<Choice label="Channel" options={['Email', 'Web']} value="Email" none="any" onChange={change} />);
  expect(screen.getAllByRole('radio')).toHaveLength(3);
  fireEvent.click(screen.getByLabelText('any'));
  expect(change).toHaveBeenCalledWith('');
});

test('thousands of options are searched, with a bounded list', () => {
  const options = Array.from({ length: 3000 }, (_, i) => `City ${i}`);
  expect(matching(options, 'city 29', 60)[0]).toBe('City 29');
  expect(matching(options, '', 60)).toHaveLength(60);
  const change = vi.fn();
  render(<Choice label="Location" options={options} value="" none="any" onChange={change} />);
  const box = screen.getByRole('combobox');
  fireEvent.change(box, { target: { value: 'City 2999' } });
  expect(screen.getAllByRole('option')).toHaveLength(1);
  fireEvent.keyDown(box, { key: 'Enter' });
  expect(change).toHaveBeenCalledWith('City 2999');
});

test('a search can be left without a choice', () => {
  const change = vi.fn();
  const options = Array.from({ length: 20 }, (_, i) => `Level ${i}`);
  render(<Choice label="L" options={options} value="Level 3" none="any" onChange={change} />);
  const box = screen.getByRole<HTMLInputElement>('combobox');
  fireEvent.change(box, { target: { value: 'Lev' } });
  fireEvent.keyDown(box, { key: 'Escape' });
  expect(box.value).toBe('Level 3');
  expect(change).not.toHaveBeenCalled();
});

test('a problem stands beside its field and is named by it', () => {
  render(
    <NumberField label="Duration" unit="days" value="soon" problem="no number of days" min={1} max={60} none="any" onChange={() => undefined} />,
  );
  const field = screen.getByRole('textbox', { name: /Duration/ });
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(document.getElementById(field.getAttribute('aria-describedby')!)?.textContent).toBe(
    'no number of days',
  );
});
