/** The door "nabla/fft": Fourier transforms, as in PyTorch's `torch.fft`. */
export * from "../tensor/fft.ts";
