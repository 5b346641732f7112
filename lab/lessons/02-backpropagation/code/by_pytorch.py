import torch

w1 = torch.tensor(0.5, requires_grad=True)
w2 = torch.tensor(1.0, requires_grad=True)
loss_of = lambda: (torch.relu(w1 * 2) * w2 - 3) ** 2

loss = loss_of()
loss.backward()
print("loss", int(loss.item()))
print("dL/dw1", int(w1.grad), "dL/dw2", int(w2.grad))

with torch.no_grad():
    w2 -= 0.1 * w2.grad
    print("after w2:", f"{loss_of().item():.2f}")
    w1 -= 0.1 * w1.grad
    print("after both:", f"{loss_of().item():.2f}")
