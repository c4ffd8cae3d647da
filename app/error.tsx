'use client';
export { ErrorFace as default } from '#components/ui/error-face.tsx';
