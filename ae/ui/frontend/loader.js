// Receives a network's weights: 16 characters of id, then the bytes of ae.models.graph.pack. Shows nothing.
import { keepNetwork } from "./network.js";

export default function ({ data }) {
  const bytes = new Uint8Array(data);
  keepNetwork(new TextDecoder().decode(bytes.subarray(0, 16)), bytes.slice(16).buffer);
}
