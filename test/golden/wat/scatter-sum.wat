(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 f32 i32 i32 f32)
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 4
  i32.const 10
  local.set 5
  local.get 3
  local.set 6
  local.get 4
  local.set 7
  loop
    local.get 7
    f32.load
    local.set 8
    local.get 6
    i32.load
    local.tee 9
    i32.const 5
    i32.lt_u
    i32.eqz
    if
      local.get 0
      local.get 9
      i32.store
      i32.const 1
      return
    end
    local.get 9
    i32.const 4
    i32.mul
    local.set 10
    local.get 2
    local.get 10
    i32.add
    f32.load
    local.set 11
    local.get 2
    local.get 10
    i32.add
    local.get 11
    local.get 8
    f32.add
    f32.store
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
