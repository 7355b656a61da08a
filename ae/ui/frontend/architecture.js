// The diagram of the network that the form describes, without weights. Data: { layers: { encode, decode }, sizes }.

import { Diagram } from "./diagram.js";
import { mounted } from "./mounted.js";

const ARCHITECTURE_HEIGHT = 44; // pixels

export default mounted(({ data, parentElement }) => {
  const root = parentElement.querySelector("div");
  const { layers, sizes } = data;
  const shown = JSON.stringify(data);
  if (!parentElement.diagram) {
    parentElement.diagram = new Diagram(root, layers, { height: ARCHITECTURE_HEIGHT, ends: "strip", sizes });
  } else if (parentElement.shown !== shown) parentElement.diagram.setLayers(layers, sizes);
  parentElement.shown = shown;
  return () => {
    parentElement.diagram.destroy();
    parentElement.diagram = null;
  };
});
