(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 v128 v128 v128 v128 v128 v128 i32 i32 i32 v128 v128 v128 v128)
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
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 4
  local.get 0
  local.get 1
  i32.load offset=12
  i32.add
  i32.load
  local.set 5
  i32.const 2
  local.set 6
  local.get 3
  local.set 7
  local.get 4
  local.set 8
  loop
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 9
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 10
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 11
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 12
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 13
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 14
    i32.const 8
    local.set 15
    local.get 2
    local.set 16
    local.get 7
    local.set 17
    loop
      local.get 16
      v128.load
      local.set 18
      local.get 16
      v128.load offset=16
      local.set 19
      local.get 16
      v128.load offset=32
      local.set 20
      local.get 17
      v128.load64_splat
      local.set 21
      local.get 9
      local.get 21
      local.get 18
      f64x2.mul
      f64x2.add
      local.set 9
      local.get 10
      local.get 21
      local.get 19
      f64x2.mul
      f64x2.add
      local.set 10
      local.get 11
      local.get 21
      local.get 20
      f64x2.mul
      f64x2.add
      local.set 11
      local.get 17
      v128.load64_splat offset=64
      local.set 21
      local.get 12
      local.get 21
      local.get 18
      f64x2.mul
      f64x2.add
      local.set 12
      local.get 13
      local.get 21
      local.get 19
      f64x2.mul
      f64x2.add
      local.set 13
      local.get 14
      local.get 21
      local.get 20
      f64x2.mul
      f64x2.add
      local.set 14
      local.get 16
      i32.const 48
      i32.add
      local.set 16
      local.get 17
      i32.const 8
      i32.add
      local.set 17
      local.get 15
      i32.const -1
      i32.add
      local.tee 15
      br_if 0
    end
    local.get 8
    local.get 9
    local.get 5
    v128.load
    f64x2.add
    v128.store
    local.get 8
    local.get 10
    local.get 5
    v128.load offset=16
    f64x2.add
    v128.store offset=16
    local.get 8
    local.get 11
    local.get 5
    v128.load offset=32
    f64x2.add
    v128.store offset=32
    local.get 8
    local.get 12
    local.get 5
    v128.load
    f64x2.add
    v128.store offset=48
    local.get 8
    local.get 13
    local.get 5
    v128.load offset=16
    f64x2.add
    v128.store offset=64
    local.get 8
    local.get 14
    local.get 5
    v128.load offset=32
    f64x2.add
    v128.store offset=80
    local.get 7
    i32.const 128
    i32.add
    local.set 7
    local.get 8
    i32.const 96
    i32.add
    local.set 8
    local.get 6
    i32.const -1
    i32.add
    local.tee 6
    br_if 0
  end
  i32.const 0
)
