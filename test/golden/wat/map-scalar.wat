(func $run (param i32 i32) (result i32) (local i32 i32 i32)
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 4
  local.get 2
  local.get 3
  f32.load
  local.get 4
  f32.load
  f32.add
  f32.store
  i32.const 0
)
