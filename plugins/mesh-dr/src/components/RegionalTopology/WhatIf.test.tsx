import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { renderWithApi } from '../../__testUtils__/render';
import { makeApi } from '../../__testUtils__/mockApi';
import { HANGZHOU, makeTopology, SHANGHAI } from '../../__testUtils__/topology';
import { RegionalTopology } from './RegionalTopology';

jest.setTimeout(60_000);

/** reviews with outlier detection that ejects: the loss of a region is survived. */
const survives = () => {
  const { rule } = makeTopology();
  return makeTopology({
    rule: {
      ...rule,
      outlierDetection: {
        ...rule.outlierDetection!,
        settings: {
          ...rule.outlierDetection!.settings,
          maxEjectionPercent: 100,
        },
      },
    },
  });
};

let address = '';

function Address() {
  const { search } = useLocation();
  address = decodeURIComponent(search);
  return null;
}

const render = (topology = survives(), options = {}) =>
  renderWithApi(
    <>
      <RegionalTopology topology={topology} />
      <Address />
    </>,
    makeApi(),
    options,
  );

const press = (name: string | RegExp) =>
  userEvent.click(screen.getByRole('button', { name }));

const load = (region: string) =>
  within(
    screen.getByRole('table', {
      name: 'What every region would have to carry, now → what if',
    }),
  ).getByRole('row', { name: new RegExp(region) });

describe('what if', () => {
  it('answers at once what the loss of a region does, and keeps the question in the address', async () => {
    render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'What if' }),
    );
    expect(screen.getByText(/Press a region, a zone/)).toBeInTheDocument();
    const lose = screen.getByRole('button', { name: `Lose ${HANGZHOU}` });
    expect(lose).toHaveAttribute('aria-pressed', 'false');
    await userEvent.click(lose);

    expect(lose).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByRole('status')).toHaveTextContent(
      'every call is answered',
    );
    // Six proxies in Hangzhou, three ready pods, one error each.
    expect(screen.getByRole('status')).toHaveTextContent(
      'About 18 calls fail first',
    );
    expect(load(SHANGHAI)).toHaveTextContent('2 → 2');
    expect(load(SHANGHAI)).toHaveTextContent('33.3 % → 100 %');
    expect(load(SHANGHAI)).toHaveTextContent('3 × today’stoo much');
    expect(load(HANGZHOU)).toHaveTextContent('3 → 0');
    expect(screen.getByTestId(`region-${HANGZHOU}`)).toHaveAttribute(
      'data-lost',
      'true',
    );
    expect(
      screen.getByTestId('flow-gateway:ingressgateway→cn-shanghai'),
    ).toBeInTheDocument();
    expect(address).toBe(`?what-if=lost:${HANGZHOU}`);

    await press('Start again');
    expect(screen.getByText(/Press a region, a zone/)).toBeInTheDocument();
    await press('What if');
    expect(address).toBe('');
  });

  it('says which calls keep failing when nothing is ejected', async () => {
    render(makeTopology(), { path: `/?what-if=lost:${HANGZHOU}` });
    expect(
      await screen.findByText('66.7 % of calls keep failing'),
    ).toBeInTheDocument();
    expect(load(HANGZHOU)).toHaveTextContent('calls that nobody answers');
  });

  it('opens a shared question, whole', async () => {
    render(survives(), {
      path: `/?what-if=ready:6:${SHANGHAI}:v2,lost:${HANGZHOU},callers:move,bears:3,lost:nowhere,nonsense`,
    });
    await screen.findByTestId('what-if');
    expect(
      screen.getByRole('radio', { name: 'come in elsewhere' }),
    ).toBeChecked();
    expect(
      screen.getByTestId(`what-if-ready-${SHANGHAI}-v2`),
    ).toHaveTextContent('6 pods instead of 2');
    expect(load(SHANGHAI)).toHaveTextContent('2 → 6');
    expect(load(SHANGHAI)).toHaveTextContent('1 × today’s');
    expect(load(SHANGHAI)).not.toHaveTextContent('too much');
    expect(screen.getAllByText('gone in this what-if')).toHaveLength(2);
  });

  it('takes zones and versions away and changes numbers of pods, by keyboard, too', async () => {
    render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'What if' }),
    );
    act(() =>
      screen.getByRole('button', { name: 'Lose cn-hangzhou-h' }).focus(),
    );
    await userEvent.keyboard('{Enter}');
    expect(load(HANGZHOU)).toHaveTextContent('3 → 1');
    await userEvent.keyboard(' ');
    await press(`Lose v2, ${HANGZHOU}`);
    expect(load(HANGZHOU)).toHaveTextContent('3 → 2');
    await press(`Lose v2, ${HANGZHOU}`);
    await press(`One pod less of v2 in ${SHANGHAI}`);
    await press(`One pod less of v2 in ${SHANGHAI}`);
    expect(load(SHANGHAI)).toHaveTextContent('2 → 0');
    expect(address).toBe(`?what-if=ready:0:${SHANGHAI}:v2`);
    await press(`One pod more of v2 in ${SHANGHAI}`);
    await press(`One pod more of v2 in ${SHANGHAI}`);
    expect(screen.getByText(/Press a region, a zone/)).toBeInTheDocument();
  });

  it('tells the same in the table', async () => {
    render(survives(), { path: `/?what-if=lost:${HANGZHOU}` });
    await userEvent.click(await screen.findByRole('radio', { name: 'Table' }));
    const shares = screen.getByRole('table', {
      name: 'Predicted share of calls by caller, now → what if',
    });
    const row = within(shares).getByRole('row', {
      name: /Sidecars · cn-hangzhou/,
    });
    expect(within(row).getByText('90 % → 0 %')).toBeInTheDocument();
    expect(within(row).getByText('10 % → 100 %')).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: `Lose ${HANGZHOU}` }),
    ).toHaveAttribute('aria-pressed', 'true');
  });

  it('speaks Chinese', async () => {
    render(survives(), {
      language: 'zh-CN',
      path: `/?what-if=lost:${HANGZHOU}`,
    });
    await waitFor(() =>
      expect(screen.getByRole('status')).toHaveTextContent('所有请求都有应答'),
    );
    expect(screen.getByRole('status')).toHaveTextContent('约有 18 个请求失败');
  });
});
