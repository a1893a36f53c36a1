// The page's one stream, opened by whoever asks for it first.

import { Stream } from "./stream.js";

let stream = null;

export const live = () => (stream ??= new Stream());
