import { screen } from '@testing-library/react';
import { makeApi, makeChange } from '../../__testUtils__/mockApi';
import { mesh } from '../../__testUtils__/topology';
import { renderWithApi } from '../../__testUtils__/render';
import { Changes } from './Changes';

it.each([
  [
    'en',
    'Edited elsewhere since',
    'outlierDetection: was {"maxEjectionPercent":100}, now not set',
  ],
  [
    'zh-CN',
    '之后在别处被修改',
    'outlierDetection: 原为 {"maxEjectionPercent":100}，现为 未设置',
  ],
])(
  'says in %s that a rule was edited elsewhere',
  async (language, pill, field) => {
    const drifted = makeChange({
      drift: {
        seenAt: '2026-11-24T10:00:00Z',
        kind: 'edited',
        fields: [
          { name: 'outlierDetection', wanted: '{"maxEjectionPercent":100}' },
        ],
      },
    });
    const listChanges = async () => ({ items: [drifted] });
    renderWithApi(
      <Changes meshId={mesh.id} revision={0} onChanged={() => {}} />,
      { ...makeApi(), listChanges },
      { language },
    );
    expect(await screen.findByText(pill)).toBeInTheDocument();
    expect(
      screen.getByText(
        (_, element) =>
          element?.tagName === 'LI' && element.textContent === field,
      ),
    ).toBeInTheDocument();
  },
);
