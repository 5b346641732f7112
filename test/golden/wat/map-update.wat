(func $run (param i32 i32) (result i32) (local i32 i32 i32 f32 v128 i32 i32 i32)
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 4
  local.get 3
  f64.load
  f32.demote_f64
  local.tee 5
  f32x4.splat
  local.set 6
  i32.const 250
  local.set 7
  local.get 2
  local.set 8
  local.get 4
  local.set 9
  loop
    local.get 8
    local.get 8
    v128.load
    local.get 9
    v128.load
    local.get 6
    f32x4.mul
    f32x4.sub
    v128.store
    local.get 8
    i32.const 16
    i32.add
    local.set 8
    local.get 9
    i32.const 16
    i32.add
    local.set 9
    local.get 7
    i32.const -1
    i32.add
    local.tee 7
    br_if 0
  end
  i32.const 0
)
