import type { FailoverRule } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { makeApi } from '../../../__testUtils__/mockApi';
import { renderWithApi, reviews } from '../../../__testUtils__/render';
import { HANGZHOU, mesh, SHANGHAI } from '../../../__testUtils__/topology';
import { MeshServicePickerField } from './MeshServicePickerField';
import { RegionPairField, validateRegionPairs } from './RegionPairField';

jest.setTimeout(60_000);

/** A field in a form that keeps its value. */
function Form(props: {
  field: (props: any) => JSX.Element | null;
  initial?: unknown;
  form?: object;
  onValue: (value: any) => void;
}) {
  const { field: Field, initial, form = {}, onValue } = props;
  const [value, setValue] = useState(initial);
  return (
    <Field
      formData={value}
      formContext={{ formData: form }}
      schema={{ title: 'Component / 组件' }}
      onChange={(next: unknown) => {
        setValue(next);
        onValue(next);
      }}
    />
  );
}

const both = [
  { from: HANGZHOU, to: SHANGHAI },
  { from: SHANGHAI, to: HANGZHOU },
];

describe('RegionPairField', () => {
  it('begins with the regions of the mesh of the component', async () => {
    const onValue = jest.fn();
    renderWithApi(
      <Form
        field={RegionPairField}
        initial={[{}]}
        form={{ component: 'component:default/reviews' }}
        onValue={onValue}
      />,
      makeApi(),
    );
    await waitFor(() => expect(onValue).toHaveBeenLastCalledWith(both));
    expect(
      await screen.findByRole('button', { name: /Rule 2: from region/ }),
    ).toHaveTextContent(SHANGHAI);
  });

  it('leaves what was chosen alone, also when every pair was removed', async () => {
    const onValue = jest.fn();
    renderWithApi(
      <Form
        field={RegionPairField}
        initial={both.slice(0, 1)}
        form={{ mesh: 'mesh-dr' }}
        onValue={onValue}
      />,
      makeApi(),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: /Remove.* 1/ }),
    );
    expect(onValue.mock.calls).toEqual([[[]]]);
  });

  it('says what is missing: the service, a second region, an answer', async () => {
    const field = (form: object, api = {}) =>
      renderWithApi(
        <Form field={RegionPairField} form={form} onValue={() => {}} />,
        makeApi(api),
      );
    const first = field({});
    expect(
      await screen.findByText(/Choose the service first/),
    ).toBeInTheDocument();
    first.unmount();
    const second = field(
      { mesh: 'mesh-dr' },
      {
        getMesh: async () => ({ ...mesh, clusters: mesh.clusters.slice(0, 1) }),
      },
    );
    expect(
      await screen.findByText(/Join a cluster in a second region/),
    ).toBeInTheDocument();
    second.unmount();
    field(
      { mesh: 'mesh-dr' },
      {
        getMesh: async () => {
          throw new Error('timed out');
        },
      },
    );
    expect(await screen.findByRole('alert')).toHaveTextContent('timed out');
  });

  it('refuses a region that takes over from itself, or fails twice', () => {
    const errorsOf = (pairs: FailoverRule[]) => {
      const addError = jest.fn();
      validateRegionPairs(pairs, { addError } as any, {} as any);
      return addError.mock.calls.flat();
    };
    expect(errorsOf(both)).toEqual([]);
    expect(errorsOf([{ from: HANGZHOU, to: HANGZHOU }])).toEqual([
      expect.stringContaining('cn-hangzhou cannot take over from itself'),
    ]);
    expect(errorsOf([both[0], both[0]])).toEqual([
      expect.stringContaining('cn-hangzhou is in two pairs'),
    ]);
  });
});

describe('MeshServicePickerField', () => {
  const lost = {
    ...reviews,
    metadata: {
      name: 'lost',
      annotations: { 'mesh-dr.io/host': 'lost.default' },
    },
  };
  const plain = { ...reviews, metadata: { name: 'plain' } };

  it('offers the components of mesh services with their verdicts, the least protected first', async () => {
    const onValue = jest.fn();
    renderWithApi(
      <Form field={MeshServicePickerField} onValue={onValue} />,
      makeApi(),
      { catalog: [lost, plain, reviews] },
    );
    await userEvent.click(
      await screen.findByRole('button', { name: /Component \/ 组件/ }),
    );
    const options = await within(
      await screen.findByRole('listbox'),
    ).findAllByRole('option');
    expect(options.map(option => option.textContent)).toEqual([
      'reviewsreviews.default · mesh-dr · Not protected',
      'lostlost.default · not found in a mesh',
    ]);
    await userEvent.click(options[0]);
    expect(onValue).toHaveBeenLastCalledWith('component:default/reviews');
  });

  it('does not say that a service is missing while a mesh is silent', async () => {
    renderWithApi(
      <Form field={MeshServicePickerField} onValue={() => {}} />,
      makeApi({
        listServices: async () => {
          throw new Error('timed out');
        },
      }),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: /Component \/ 组件/ }),
    );
    expect(
      await within(await screen.findByRole('listbox')).findByRole('option'),
    ).toHaveTextContent(/^reviewsreviews.default$/);
  });

  it('keeps a value that came with a link', async () => {
    renderWithApi(
      <Form
        field={MeshServicePickerField}
        initial="component:default/elsewhere"
        onValue={() => {}}
      />,
      makeApi(),
    );
    expect(
      await screen.findByRole('button', { name: /Component \/ 组件/ }),
    ).toHaveTextContent('component:default/elsewhere');
  });

  it('teaches the annotation where no component has it', async () => {
    renderWithApi(
      <Form field={MeshServicePickerField} onValue={() => {}} />,
      makeApi(),
      { catalog: [plain], language: 'zh-CN' },
    );
    expect(
      await screen.findByText('没有组件声明其网格服务'),
    ).toBeInTheDocument();
    expect(screen.getByText(/mesh-dr.io\/host/)).toBeInTheDocument();
  });
});
