/** The operations of PyTorch's test database that Nabla does not provide, and why. */
/** Reasons by name; docs/from-pytorch.md lists them. */
export const NOT_PROVIDED: Readonly<Record<string, string>> = {
  native_layer_norm:
    "an internal function of PyTorch that also returns mean and deviation; use " +
    "`nn.functional.layerNorm`",
  "nn.functional._scaled_dot_product_attention":
    "an internal function of PyTorch 1.13 that also returns the weights; use " +
    "`nn.functional.scaledDotProductAttention`, as of PyTorch 2",
};
