import torch

x = torch.linspace(0.5, 4.8, 10).reshape(10, 1)
y = x * 200 + 50
model = torch.nn.Linear(1, 1)
model.load_state_dict({"weight": torch.zeros(1, 1), "bias": torch.zeros(1)})
loss_fn = torch.nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(101):
    prediction = model(x)  # 1 forward
    loss = loss_fn(prediction, y)  # 2 loss
    loss.backward()  # 3 backward
    optimizer.step()  # 4 update
    optimizer.zero_grad()  # 5 zero
    if epoch % 25 == 0:
        print(epoch, f"{loss.item():#.3g}".replace("e+0", "e+"))
