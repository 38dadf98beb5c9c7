import { render, screen } from '@testing-library/react';
import App from './App';

describe('App', () => {
  it('asks who is there before anything else', async () => {
    process.env = {
      NODE_ENV: 'test',
      APP_CONFIG: [
        {
          data: {
            app: { title: 'Test' },
            backend: { baseUrl: 'http://localhost:7007' },
            meshDr: {
              demo: {
                users: [
                  {
                    entityRef: 'user:default/owner',
                    title: 'Olivia',
                    description: 'Owns Bookinfo',
                  },
                ],
              },
            },
          },
          context: 'test',
        },
      ] as any,
    };

    render(App.createRoot());

    expect(
      await screen.findByRole('button', { name: 'Sign in: Olivia' }),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Enter as guest' }),
    ).toBeInTheDocument();
  });
});
