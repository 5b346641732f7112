/** The operations of PyTorch's test database that Nabla does not provide, and why. */
const FACTORS =
  "needs singular values or eigenvectors, which are iterations whose length depends on values";

/** Reasons by name; docs/from-pytorch.md lists them. */
export const NOT_PROVIDED: Readonly<Record<string, string>> = {
  "norm.nuc": `the nuclear norm ${FACTORS}`,
  "linalg.eigh": FACTORS,
  "linalg.svd": FACTORS,
  "linalg.qr":
    "nothing that is provided needs it; `linalg.solve` and `linalg.cholesky` solve systems",
  native_layer_norm:
    "an internal function of PyTorch that also returns mean and deviation; use " +
    "`nn.functional.layerNorm`",
  "nn.functional._scaled_dot_product_attention":
    "an internal function of PyTorch 1.13 that also returns the weights; use " +
    "`nn.functional.scaledDotProductAttention`, as of PyTorch 2",
  "nn.functional.grid_sample": "no course or model at hand samples images at free positions",
};
