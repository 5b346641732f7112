import numpy as np

x = np.linspace(0.5, 4.8, 10)
y = 200 * x + 50
w = b = 0.0

for epoch in range(101):
    prediction = w * x + b  # 1 forward
    loss = np.mean((prediction - y) ** 2)  # 2 loss
    dw = np.mean(2 * (prediction - y) * x)  # 3 backward
    db = np.mean(2 * (prediction - y))
    w -= 0.1 * dw  # 4 update
    b -= 0.1 * db  # (5 zero: dw and db are computed anew)
    if epoch % 25 == 0:
        print(epoch, f"{loss:#.3g}".replace("e+0", "e+"))
