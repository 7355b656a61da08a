// Receives a picture: 16 characters of id, then a PNG. Shows nothing.
import { keepPicture } from "./pictures.js";

export default function ({ data }) {
  const bytes = new Uint8Array(data);
  keepPicture(new TextDecoder().decode(bytes.subarray(0, 16)), bytes.slice(16));
}
