(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 v128 v128 v128 v128 v128 v128 v128 v128 i32 i32 i32 v128 v128 v128)
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
  i32.const 8
  local.set 6
  local.get 2
  local.set 7
  local.get 4
  local.set 8
  local.get 5
  local.set 9
  loop
    i32.const 16
    local.set 10
    local.get 3
    local.set 11
    local.get 8
    local.set 12
    loop
      v128.const i32x4 0x0 0x0 0x0 0x0
      local.set 13
      v128.const i32x4 0x0 0x0 0x0 0x0
      local.set 14
      v128.const i32x4 0x0 0x0 0x0 0x0
      local.set 15
      v128.const i32x4 0x0 0x0 0x0 0x0
      local.set 16
      v128.const i32x4 0x0 0x0 0x0 0x0
      local.set 17
      v128.const i32x4 0x0 0x0 0x0 0x0
      local.set 18
      v128.const i32x4 0x0 0x0 0x0 0x0
      local.set 19
      v128.const i32x4 0x0 0x0 0x0 0x0
      local.set 20
      i32.const 64
      local.set 21
      local.get 7
      local.set 22
      local.get 11
      local.set 23
      loop
        local.get 22
        v128.load
        local.set 24
        local.get 22
        v128.load offset=16
        local.set 25
        local.get 23
        v128.load32_splat
        local.set 26
        local.get 13
        local.get 26
        local.get 24
        f32x4.mul
        f32x4.add
        local.set 13
        local.get 14
        local.get 26
        local.get 25
        f32x4.mul
        f32x4.add
        local.set 14
        local.get 23
        v128.load32_splat offset=256
        local.set 26
        local.get 15
        local.get 26
        local.get 24
        f32x4.mul
        f32x4.add
        local.set 15
        local.get 16
        local.get 26
        local.get 25
        f32x4.mul
        f32x4.add
        local.set 16
        local.get 23
        v128.load32_splat offset=512
        local.set 26
        local.get 17
        local.get 26
        local.get 24
        f32x4.mul
        f32x4.add
        local.set 17
        local.get 18
        local.get 26
        local.get 25
        f32x4.mul
        f32x4.add
        local.set 18
        local.get 23
        v128.load32_splat offset=768
        local.set 26
        local.get 19
        local.get 26
        local.get 24
        f32x4.mul
        f32x4.add
        local.set 19
        local.get 20
        local.get 26
        local.get 25
        f32x4.mul
        f32x4.add
        local.set 20
        local.get 22
        i32.const 256
        i32.add
        local.set 22
        local.get 23
        i32.const 4
        i32.add
        local.set 23
        local.get 21
        i32.const -1
        i32.add
        local.tee 21
        br_if 0
      end
      local.get 12
      local.get 13
      local.get 9
      v128.load
      f32x4.add
      v128.store
      local.get 12
      local.get 14
      local.get 9
      v128.load offset=16
      f32x4.add
      v128.store offset=16
      local.get 12
      local.get 15
      local.get 9
      v128.load
      f32x4.add
      v128.store offset=256
      local.get 12
      local.get 16
      local.get 9
      v128.load offset=16
      f32x4.add
      v128.store offset=272
      local.get 12
      local.get 17
      local.get 9
      v128.load
      f32x4.add
      v128.store offset=512
      local.get 12
      local.get 18
      local.get 9
      v128.load offset=16
      f32x4.add
      v128.store offset=528
      local.get 12
      local.get 19
      local.get 9
      v128.load
      f32x4.add
      v128.store offset=768
      local.get 12
      local.get 20
      local.get 9
      v128.load offset=16
      f32x4.add
      v128.store offset=784
      local.get 11
      i32.const 1024
      i32.add
      local.set 11
      local.get 12
      i32.const 1024
      i32.add
      local.set 12
      local.get 10
      i32.const -1
      i32.add
      local.tee 10
      br_if 0
    end
    local.get 7
    i32.const 32
    i32.add
    local.set 7
    local.get 8
    i32.const 32
    i32.add
    local.set 8
    local.get 9
    i32.const 32
    i32.add
    local.set 9
    local.get 6
    i32.const -1
    i32.add
    local.tee 6
    br_if 0
  end
  i32.const 0
)
