import './styles/index.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './router.tsx';
import { isSignedOut } from './wire/is-signed-out.ts';
import { createQueryClient } from './wire/query-client.ts';

const place = document.querySelector('#console');
if (place === null) throw new Error('index.html has no #console');

createRoot(place, {
  // On the way to the sign-in page nothing has failed; everything else is for the log, as React has it by default.
  onCaughtError: (error) => {
    if (!isSignedOut(error)) console.error(error);
  },
}).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
