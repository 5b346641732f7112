"""The golden values of nabla/fft: complex numbers as pairs, as view_as_real shows them."""
import torch

from golden import Golden

g = Golden(2)
F = torch.fft


def add(op, x, takes_pairs, gives_pairs, **options):
    def run(t):
        y = getattr(F, op)(torch.view_as_complex(t) if takes_pairs else t, **options)
        return torch.view_as_real(y) if gives_pairs else y

    spelled = ", ".join(f"{k}={v}" for k, v in options.items())
    g.add(f"{op} {list(x.shape)} {spelled}", op, [x], run, options)


for n in (1, 2, 3, 5, 8, 12, 30, 37):
    add("fft", g.randn(n, 2), True, True)
    add("rfft", g.randn(n), False, True)
for n in (1, 2, 7, 16, 67):
    add("ifft", g.randn(2, n, 2), True, True)
for n in (2, 5, 17):
    add("irfft", g.randn(n, 2), True, False)
    add("irfft", g.randn(n, 2), True, False, n=2 * n - 1)
add("fft", g.randn(70, 2), True, True)
add("fft", g.randn(71, 2), True, True)
for norm in ("backward", "ortho", "forward"):
    add("fft", g.randn(6, 2), True, True, norm=norm)
    add("ifft", g.randn(6, 2), True, True, norm=norm)
    add("rfft", g.randn(6), False, True, norm=norm)
    add("irfft", g.randn(4, 2), True, False, norm=norm)
for n in (3, 9):
    add("fft", g.randn(2, 6, 3, 2), True, True, n=n, dim=1)
    add("ifft", g.randn(6, 3, 2), True, True, n=n, dim=-2)
    add("rfft", g.randn(6, 3), False, True, n=n, dim=0)
    add("irfft", g.randn(2, 4, 2), True, False, n=n)
add("fft2", g.randn(2, 3, 4, 2), True, True)
add("ifft2", g.randn(3, 4, 2), True, True, norm="ortho", dim=(0, 1))
add("fft2", g.randn(3, 4, 2), True, True, s=(4, 3))
add("rfft2", g.randn(3, 5), False, True)
add("rfft2", g.randn(3, 5, 2), False, True, dim=(1, 0), norm="forward")
add("irfft2", g.randn(3, 4, 2), True, False)
add("irfft2", g.randn(3, 3, 2), True, False, s=(4, 5))
add("fftn", g.randn(2, 3, 4, 2), True, True)
add("ifftn", g.randn(2, 3, 4, 2), True, True, dim=(0, 2), norm="forward")
add("rfftn", g.randn(2, 3, 4), False, True)
add("irfftn", g.randn(2, 3, 3, 2), True, False, s=(3, 5))
for n in (5, 6):
    add("fftshift", g.randn(n), False, False)
    add("ifftshift", g.randn(2, n), False, False)
add("fftshift", g.randn(3, 4), False, False, dim=1)
g.write("fft")
