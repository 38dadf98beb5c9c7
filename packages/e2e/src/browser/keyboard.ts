import type { Page } from 'playwright-core';
import type { Outcome } from '../lib/steps';
import { settled } from './accessibility';

/** More presses than any page of ours has controls. */
const MOST = 250;

/** Runs in the page: how everything near the focused element is drawn, and what it is called. */
const look = () => {
  const PROPERTIES = [
    'outlineStyle',
    'outlineWidth',
    'outlineColor',
    'boxShadow',
    'borderTopColor',
    'borderTopWidth',
    'backgroundColor',
    'textDecorationLine',
    'stroke',
    'strokeWidth',
  ] as const;
  const seen = (element: Element) => {
    const style = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    return style.opacity !== '0' && width > 1 && height > 1;
  };
  const style = (element: Element) =>
    [null, '::before', '::after']
      .map(pseudo => {
        const computed = getComputedStyle(element, pseudo);
        return PROPERTIES.map(name =>
          name.startsWith('outline') && computed.outlineStyle === 'none'
            ? ''
            : computed[name],
        ).join(',');
      })
      .join(';');
  const w = window as any;
  const drawn = (element: Element) => {
    // A hidden input shows its focus on its label; tabs share one frame, which moves to the one in focus.
    const around = element.closest('label, fieldset, nav');
    const near = new Set([
      element,
      ...element.children,
      ...(element.parentElement ? [element.parentElement] : []),
      ...(around?.querySelectorAll('*') ?? []),
    ]);
    const own = element.getBoundingClientRect();
    return [...near]
      .filter(seen)
      .map(at => {
        const { left, width } = at.getBoundingClientRect();
        return `${Math.round(left - own.left)},${Math.round(width)};${style(
          at,
        )}`;
      })
      .join('|');
  };
  const previous = w.meshDrFocused as
    | { element: Element; drawn: string; name: string }
    | undefined;
  const invisible =
    previous?.element.isConnected && drawn(previous.element) === previous.drawn
      ? previous.name
      : undefined;
  const element = document.activeElement;
  if (!element || element === document.body) {
    w.meshDrFocused = undefined;
    return { invisible, name: undefined, inMain: false, inDialog: false };
  }
  element.setAttribute('data-reached', '');
  const name = `${element.tagName.toLowerCase()} "${(
    element.getAttribute('aria-label') ||
    (element as HTMLInputElement).labels?.[0]?.textContent ||
    element.textContent ||
    element.id ||
    ''
  )
    .trim()
    .slice(0, 40)}"`;
  w.meshDrFocused = { element, drawn: drawn(element), name };
  return {
    invisible,
    name,
    inMain: Boolean(element.closest('main')),
    inDialog: Boolean(element.closest('[role=dialog]')),
  };
};

/** Runs in the page: controls under `scope` that a person sees and that Tab has not come to. */
const missed = (scope: string) => {
  const CONTROLS =
    'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const name = (element: Element) =>
    element.getAttribute('aria-label') ||
    element.textContent?.trim().slice(0, 40) ||
    element.outerHTML.slice(0, 80);
  return [...document.querySelectorAll(`${scope} :is(${CONTROLS})`)]
    .filter(element => {
      const { width, height } = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (!width || !height || style.visibility === 'hidden') return false;
      if (element.closest('[inert], [aria-hidden=true]')) return false;
      if (element.matches(':disabled, [tabindex="-1"]')) return false;
      if (element.hasAttribute('data-reached')) return false;
      // Such a group is one stop of Tab; arrows go between what it holds.
      const group = element.closest(
        '[role=radiogroup], [role=toolbar], [role=tablist]',
      );
      return !group?.querySelector('[data-reached]');
    })
    .map(name);
};

/**
 * Walks what `scope` holds by Tab alone, from its beginning until focus leaves it. Every visible control must be come to,
 * and each must look different while it has the focus.
 *
 * @param scope - selector of the part that is walked: `main`, or a dialog, which must keep the focus inside
 */
export async function walkByTab(
  page: Page,
  scope: 'main' | '[role=dialog]',
): Promise<Outcome> {
  const inside = scope === 'main' ? 'inMain' : 'inDialog';
  const unseen: string[] = [];
  const walked: string[] = [];
  const first = new Set<string>();
  for (let press = 0; press < MOST; press++) {
    await page.keyboard.press('Tab');
    await settled(page);
    const at = await page.evaluate(look);
    if (at.invisible && at[inside]) unseen.push(at.invisible);
    if (!at[inside] || !at.name) {
      if (walked.length > 0) break;
      continue;
    }
    walked.push(at.name);
    // A dialog goes round for ever.
    if (scope !== 'main' && first.has(at.name) && walked.length > 20) break;
    first.add(at.name);
  }
  const left = await page.evaluate(missed, scope);
  const faults = [
    ...new Set(unseen.map(name => `no visible focus: ${name}`)),
    ...left.map(name => `not reached: ${name}`),
  ];
  return {
    ok: walked.length > 0 && faults.length === 0,
    seen: faults.length
      ? faults.join('\n              ')
      : `${walked.length} stops, from ${walked[0]} to ${walked.at(-1)}`,
  };
}
