import { mountViewer } from './viewer.ts';

mountViewer(document.body.appendChild(document.createElement('main')));
