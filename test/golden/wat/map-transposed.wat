(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 v128 v128)
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
  i32.const 20
  local.set 5
  local.get 2
  local.set 6
  local.get 3
  local.set 7
  local.get 4
  local.set 8
  loop
    i32.const 7
    local.set 9
    local.get 6
    local.set 10
    local.get 7
    local.set 11
    local.get 8
    local.set 12
    loop
      local.get 10
      local.get 11
      v128.load
      local.get 12
      v128.load32_zero
      local.set 13
      local.get 12
      local.get 13
      v128.load32_lane offset=80 1
      local.set 13
      local.get 12
      local.get 13
      v128.load32_lane offset=160 2
      local.set 13
      local.get 12
      local.get 13
      v128.load32_lane offset=240 3
      local.tee 13
      f32x4.add
      v128.store
      local.get 10
      i32.const 16
      i32.add
      local.set 10
      local.get 11
      i32.const 16
      i32.add
      local.set 11
      local.get 12
      i32.const 320
      i32.add
      local.set 12
      local.get 9
      i32.const -1
      i32.add
      local.tee 9
      br_if 0
    end
    local.get 7
    v128.load offset=112
    local.get 8
    v128.load32_zero offset=2240
    local.set 14
    local.get 8
    local.get 14
    v128.load32_lane offset=2320 1
    local.tee 14
    f32x4.add
    local.set 13
    local.get 6
    local.get 13
    v128.store64_lane offset=112 0
    local.get 6
    i32.const 120
    i32.add
    local.set 6
    local.get 7
    i32.const 120
    i32.add
    local.set 7
    local.get 8
    i32.const 4
    i32.add
    local.set 8
    local.get 5
    i32.const -1
    i32.add
    local.tee 5
    br_if 0
  end
  i32.const 0
)
