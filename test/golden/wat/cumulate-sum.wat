(func $run (param i32 i32) (result i32) (local i32 i32 f32 i32 i32 i32 f32)
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 3
  f32.const 0
  local.set 4
  i32.const 10
  local.set 5
  local.get 2
  local.set 6
  local.get 3
  local.set 7
  loop
    local.get 4
    local.get 7
    f32.load
    f32.add
    local.set 8
    local.get 6
    local.get 8
    f32.store
    local.get 8
    local.set 4
    local.get 6
    i32.const 4
    i32.add
    local.set 6
    local.get 7
    i32.const 4
    i32.add
    local.set 7
    local.get 5
    i32.const -1
    i32.add
    local.tee 5
    br_if 0
  end
  i32.const 0
)
